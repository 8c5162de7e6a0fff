import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { ctaAction } from './interactive-actions.js';
import { body, Footer, HeaderOfCard, HeaderOfText, headerMedia } from './interactive-parts.js';
import { chars, shaped } from './shape.js';

const id = z.string().min(1, 'must not be empty');
const CARDS = 'must hold 2 to 10 cards';

const ProductSection = z.strictObject({
  title: chars(1, 24).optional(),
  product_items: z.array(z.strictObject({ product_retailer_id: id })).min(1, 'must hold at least 1 product'),
});

/** Interactive messages about a catalogue. */
export const PRODUCT_MESSAGES = {
  product: z.strictObject({
    type: z.literal('product'),
    body: body(1024).optional(),
    footer: Footer.optional(),
    action: z.strictObject({ catalog_id: id, product_retailer_id: id }),
  }),
  product_list: z.strictObject({
    type: z.literal('product_list'),
    header: HeaderOfText,
    body: body(1024),
    footer: Footer.optional(),
    action: z.strictObject({
      catalog_id: id,
      sections: z
        .array(ProductSection)
        .min(1, 'must hold 1 to 10 sections')
        .max(10, 'must hold 1 to 10 sections')
        .refine(
          (sections) => sections.flatMap((section) => section.product_items).length <= 30,
          'must hold at most 30 products in all',
        )
        .refine(
          (sections) => sections.length === 1 || sections.every((section) => section.title),
          'each of several sections needs a title',
        ),
    }),
  }),
  catalog_message: z.strictObject({
    type: z.literal('catalog_message'),
    body: body(1024),
    footer: Footer.optional(),
    action: z.strictObject({
      name: z.literal('catalog_message', 'must be catalog_message'),
      parameters: z.strictObject({ thumbnail_product_retailer_id: id.optional() }).optional(),
    }),
  }),
} as const;

const card = { card_index: z.int('must be a whole number').min(0).max(9) };

const LinkCard = z.strictObject({
  ...card,
  type: z.literal('cta_url'),
  header: HeaderOfCard,
  body: z
    .strictObject({
      text: chars(1, 160).refine((text) => text.split('\n').length <= 3, 'must hold at most 2 line breaks'),
    })
    .optional(),
  action: ctaAction,
});

const ProductCard = z.strictObject({
  ...card,
  type: z.literal('product'),
  action: z.strictObject({ catalog_id: id, product_retailer_id: id }),
});

const Carousel = z.strictObject({
  type: z.literal('carousel'),
  body: body(1024),
  action: z.strictObject({
    cards: z
      .array(z.discriminatedUnion('type', [LinkCard, ProductCard]))
      .min(2, CARDS)
      .max(10, CARDS)
      .refine((cards) => cards.every((each, at) => each.card_index === at), 'card_index must count from 0')
      .refine((cards) => new Set(cards.map((each) => each.type)).size === 1, 'must be of one type')
      .refine(
        (cards) => new Set(cards.map((each) => each.type === 'cta_url' && each.header.type)).size === 1,
        'must have headers of one type',
      )
      .refine(
        (cards) => new Set(cards.map((each) => each.type === 'product' && each.action.catalog_id)).size === 1,
        'must be of one catalogue',
      ),
  }),
});

/** Cards side by side, each with its picture and link, or each a product. */
export function checkCarousel(value: unknown): CheckedMessage {
  const message = shaped(Carousel, value, 'interactive');
  const media = message.action.cards.flatMap((each, at) =>
    each.type === 'cta_url' ? headerMedia(each.header, `interactive['action']['cards'][${at}]`) : [],
  );
  return freeForm('interactive', message.body.text, { media });
}
