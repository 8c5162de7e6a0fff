import { z } from 'zod';
import type { JsonObject } from '../../../core/index.js';
import { DisplayText } from './cta-url.js';
import { Body, CardHeader, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { httpLink, listOf, textPart } from './meta-limits.js';
import { CatalogId, ProductId } from './product.js';

export const MAX_CARD_BODY = 160;
const MAX_CARD_BREAKS = 2;

const CardBody = textPart(MAX_CARD_BODY)
  .describe(`What stands on the card, ${MAX_CARD_BODY} characters and two line breaks at most`)
  .superRefine((body, context) => {
    const breaks = body.split('\n').length - 1;
    if (breaks <= MAX_CARD_BREAKS) return;
    const message = `has ${breaks} line breaks; WhatsApp takes up to ${MAX_CARD_BREAKS} on a card.`;
    context.addIssue({ code: 'custom', message });
  });

const LinkCard = z.strictObject({
  header: CardHeader,
  body: CardBody.optional(),
  display_text: DisplayText,
  url: httpLink.describe('The link that it opens'),
});
/** Picture and words come from the catalogue. */
const ProductCard = z.strictObject({ catalog_id: CatalogId, product_retailer_id: ProductId });
type LinkCard = z.infer<typeof LinkCard>;
type ProductCard = z.infer<typeof ProductCard>;

const isProduct = (card: LinkCard | ProductCard): card is ProductCard => 'product_retailer_id' in card;

/** What does not go beside the first card: the key, and what is wrong with it. */
function clash(
  first: LinkCard | ProductCard,
  card: LinkCard | ProductCard,
): readonly [key: string, message: string] | undefined {
  if (isProduct(card)) {
    if (!isProduct(first)) return ['product_retailer_id', 'is of another kind; cards are all links or all products.'];
    if (card.catalog_id === first.catalog_id) return undefined;
    return ['catalog_id', 'is another than on the first card; WhatsApp takes products of one catalogue.'];
  }
  if (isProduct(first)) return ['url', 'is of another kind; cards are all links or all products.'];
  if (card.header.type === first.header.type) return undefined;
  return ['header', `is ${card.header.type}; WhatsApp wants ${first.header.type} as on the first card.`];
}

const Params = z
  .strictObject({
    body: Body,
    cards: listOf(z.union([LinkCard, ProductCard]), 10, 2)
      .superRefine((cards, context) => {
        for (const [at, card] of cards.entries()) {
          const [key, message] = clash(cards[0]!, card) ?? [];
          if (key !== undefined) context.addIssue({ code: 'custom', path: [at, key], message });
        }
      })
      .describe('All with a link, or all of products of one catalogue'),
  })
  .describe('Cards side by side, each with a picture and a link, or of products');

/** Cards side by side. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-media-carousel-messages */
export const carousel: MessageType<z.infer<typeof Params>> = {
  name: 'carousel',
  params: Params,
  needsNoWindow: false,
  build: ({ body, cards }) => interactive('carousel', { body, action: { cards: cards.map(cardOf) } }),
};

function cardOf(card: LinkCard | ProductCard, card_index: number): JsonObject {
  if (isProduct(card)) {
    const { product_retailer_id, catalog_id } = card;
    return { card_index, type: 'product', action: { product_retailer_id, catalog_id } };
  }
  const { header, body, display_text, url } = card;
  return {
    card_index,
    type: 'cta_url',
    header: header as unknown as JsonObject,
    ...(body !== undefined && { body: { text: body } }),
    action: { name: 'cta_url', parameters: { display_text, url } },
  };
}
