import { z } from 'zod';
import type { JsonObject } from '../../../core/index.js';
import { DisplayText } from './cta-url.js';
import { Body, CardHeader, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { httpLink, idText, listOf, refuseRepeats, textPart, words } from './meta-limits.js';
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
/** A tap on one of them arrives as a tap on a reply button. */
const QuickReply = z.strictObject({
  id: idText(20).describe('Id that a tap reports; unique over all cards'),
  title: words(20).describe('Text of the button'),
});
const ReplyCard = z.strictObject({
  header: CardHeader,
  body: CardBody.optional(),
  buttons: listOf(QuickReply, 2).describe('One or two buttons, the same number on each card'),
});
/** Picture and words come from the catalogue. */
const ProductCard = z.strictObject({ catalog_id: CatalogId, product_retailer_id: ProductId });
type LinkCard = z.infer<typeof LinkCard>;
type ReplyCard = z.infer<typeof ReplyCard>;
type ProductCard = z.infer<typeof ProductCard>;

type Card = LinkCard | ReplyCard | ProductCard;

/** The key that decides the kind of a card. */
const KEYS = ['product_retailer_id', 'buttons', 'url'] as const;
const keyOf = (card: Card) => KEYS.find((key) => key in card)!;

/** What does not go beside the first card: the key, and what is wrong with it. */
function clash(first: Card, card: Card): readonly [key: string, message: string] | undefined {
  const key = keyOf(card);
  if (key !== keyOf(first))
    return [key, 'has another kind; all cards must be links, all quick replies or all products.'];
  if ('catalog_id' in card) {
    if (card.catalog_id === (first as ProductCard).catalog_id) return undefined;
    return ['catalog_id', 'is another than on the first card; WhatsApp takes products of one catalogue.'];
  }
  const { header } = first as LinkCard | ReplyCard;
  if (card.header.type !== header.type)
    return ['header', `is ${card.header.type}; WhatsApp wants ${header.type} as on the first card.`];
  if (!('buttons' in card)) return undefined;
  const wanted = (first as ReplyCard).buttons.length;
  const count = card.buttons.length;
  return count === wanted
    ? undefined
    : ['buttons', `has ${count} entries; WhatsApp wants ${wanted} as on the first card.`];
}

const Params = z
  .strictObject({
    body: Body,
    cards: listOf(z.union([LinkCard, ReplyCard, ProductCard]), 10, 2)
      .superRefine((cards, context) => {
        for (const [at, card] of cards.entries()) {
          const [key, message] = clash(cards[0]!, card) ?? [];
          if (key !== undefined) context.addIssue({ code: 'custom', path: [at, key], message });
        }
        const replies = cards.flatMap((card, at) =>
          'buttons' in card ? card.buttons.map(({ id }, nth) => ({ value: id, path: [at, 'buttons', nth, 'id'] })) : [],
        );
        refuseRepeats(replies, 'id', context);
      })
      .describe('All with a link, all with quick replies, or all of products of one catalogue'),
  })
  .describe('Cards side by side, each with a picture and a link or quick replies, or of products');

/** Cards side by side. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-media-carousel-messages */
export const carousel: MessageType<z.infer<typeof Params>> = {
  name: 'carousel',
  params: Params,
  needsNoWindow: false,
  build: ({ body, cards }) => interactive('carousel', { body, action: { cards: cards.map(cardOf) } }),
};

function cardOf(card: Card, card_index: number): JsonObject {
  if ('product_retailer_id' in card) {
    const { product_retailer_id, catalog_id } = card;
    return { card_index, type: 'product', action: { product_retailer_id, catalog_id } };
  }
  const { header, body } = card;
  const action: JsonObject =
    'buttons' in card
      ? { buttons: card.buttons.map((quick_reply) => ({ type: 'quick_reply', quick_reply })) }
      : { name: 'cta_url', parameters: { display_text: card.display_text, url: card.url } };
  return {
    card_index,
    type: 'cta_url', // of cards with quick replies too
    header: header as unknown as JsonObject,
    ...(body !== undefined && { body: { text: body } }),
    action,
  };
}
