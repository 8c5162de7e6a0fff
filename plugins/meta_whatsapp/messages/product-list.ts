import { z } from 'zod';
import { Body, Footer, interactive, TextHeader } from './interactive-object.js';
import { MAX_SECTIONS, refuseTotal, refuseUntitled } from './list.js';
import type { MessageType } from './message-type.js';
import { listOf, words } from './meta-limits.js';
import { CatalogId, ProductId } from './product.js';

export const MAX_PRODUCTS = 30;

const Section = z.strictObject({
  title: words(24, 0).optional().describe('Heading of the section; needed where there are several'),
  product_items: listOf(z.strictObject({ product_retailer_id: ProductId }), MAX_PRODUCTS).describe(
    'The products; at most 30 in all sections',
  ),
});

const Params = z
  .strictObject({
    header: TextHeader,
    body: Body,
    footer: Footer.optional(),
    catalog_id: CatalogId,
    sections: listOf(Section, MAX_SECTIONS)
      .superRefine((sections, context) => {
        const counts = sections.map(({ product_items }) => product_items.length);
        refuseTotal(counts, MAX_PRODUCTS, 'products', context);
        refuseUntitled(sections, context);
      })
      .describe('The products, in sections'),
  })
  .describe('Up to 30 products of a catalogue, in sections');

/** Products of a catalogue, in sections. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/sell-products-and-services/share-products */
export const productList: MessageType<z.infer<typeof Params>> = {
  name: 'product_list',
  params: Params,
  needsNoWindow: false,
  build: ({ catalog_id, sections, ...parts }) => {
    const written = sections.map(({ title, product_items }) => ({ ...(title && { title }), product_items }));
    return interactive('product_list', { ...parts, action: { catalog_id, sections: written } });
  },
};
