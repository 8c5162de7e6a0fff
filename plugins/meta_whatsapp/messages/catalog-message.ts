import { z } from 'zod';
import { Body, Footer, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { ProductId } from './product.js';

const Params = z
  .strictObject({
    body: Body,
    footer: Footer.optional(),
    thumbnail_product_retailer_id: ProductId.optional().describe(
      'The product whose picture is shown, by your own id of it. Default: the first of the catalogue',
    ),
  })
  .describe('A text with a button that opens the whole catalogue of the business account');

/** A button that opens the catalogue. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/sell-products-and-services/share-products */
export const catalogMessage: MessageType<z.infer<typeof Params>> = {
  name: 'catalog_message',
  params: Params,
  needsNoWindow: false,
  build: ({ thumbnail_product_retailer_id, ...parts }) => {
    const parameters = thumbnail_product_retailer_id !== undefined && { parameters: { thumbnail_product_retailer_id } };
    return interactive('catalog_message', { ...parts, action: { name: 'catalog_message', ...parameters } });
  },
};
