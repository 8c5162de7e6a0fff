import { z } from 'zod';
import { Body, Footer, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { words } from './meta-limits.js';

/** Longest id in a catalogue, characters. */
const MAX_ID = 1_024;
export const CatalogId = words(MAX_ID).describe('The catalogue, by Meta’s id');
export const ProductId = words(MAX_ID).describe('The product, by your own id in the catalogue');

const Params = z
  .strictObject({
    body: Body.optional(),
    footer: Footer.optional(),
    catalog_id: CatalogId,
    product_retailer_id: ProductId,
  })
  .describe('One product of a catalogue');

/** One product of a catalogue. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/sell-products-and-services/share-products */
export const product: MessageType<z.infer<typeof Params>> = {
  name: 'product',
  params: Params,
  needsNoWindow: false,
  build: ({ catalog_id, product_retailer_id, ...parts }) =>
    interactive('product', { ...parts, action: { catalog_id, product_retailer_id } }),
};
