import { z } from 'zod';
import { type CheckedMessage, freeForm, type TapButton } from './checked-message.js';
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

/** Quick replies of a card; a tap arrives like a tap on a reply button. */
const QuickReplies = z.strictObject({
  buttons: z
    .array(
      z.strictObject({
        type: z.literal('quick_reply', 'must be quick_reply'),
        quick_reply: z.strictObject({ id: chars(1, 20), title: chars(1, 20) }),
      }),
    )
    .min(1, 'must hold 1 or 2 buttons')
    .max(2, 'must hold 1 or 2 buttons'),
});

const CardHead = {
  ...card,
  type: z.literal('cta_url'),
  header: HeaderOfCard,
  body: z
    .strictObject({
      text: chars(1, 160).refine((text) => text.split('\n').length <= 3, 'must hold at most 2 line breaks'),
    })
    .optional(),
};
const LinkCard = z.strictObject({ ...CardHead, action: ctaAction });
/** Meta also uses the type `cta_url` for a card with quick replies. */
const ReplyCard = z.strictObject({ ...CardHead, action: QuickReplies });
const ProductCard = z.strictObject({
  ...card,
  type: z.literal('product'),
  action: z.strictObject({ catalog_id: id, product_retailer_id: id }),
});
type Card = z.output<typeof LinkCard | typeof ReplyCard | typeof ProductCard>;

const repliesOf = ({ action }: Card): readonly TapButton[] =>
  'buttons' in action ? action.buttons.map(({ quick_reply }) => quick_reply) : [];
const isAlike = (cards: readonly Card[], markOf: (card: Card) => unknown): boolean =>
  new Set(cards.map(markOf)).size === 1;

const carouselOf = (pictured: typeof LinkCard | typeof ReplyCard) =>
  z.strictObject({
    type: z.literal('carousel'),
    body: body(1024),
    action: z.strictObject({
      cards: z
        .array(z.discriminatedUnion('type', [pictured, ProductCard]))
        .min(2, CARDS)
        .max(10, CARDS)
        .refine((cards) => cards.every((each, at) => each.card_index === at), 'card_index must count from 0')
        .refine((cards) => isAlike(cards, ({ type }) => type), 'must be of one type')
        .refine(
          (cards) => isAlike(cards, (each) => each.type === 'cta_url' && each.header.type),
          'must have headers of one type',
        )
        .refine((cards) => isAlike(cards, (each) => repliesOf(each).length), 'must have as many buttons each')
        .refine(
          (cards) => isAlike(cards, (each) => each.type === 'product' && each.action.catalog_id),
          'must be of one catalogue',
        ),
    }),
  });
const [CarouselOfLinks, CarouselOfReplies] = [carouselOf(LinkCard), carouselOf(ReplyCard)];

/** Whether any card has its own buttons; then all others must have them too. */
function hasReplies(value: unknown): boolean {
  const { cards } = (value as { action?: { cards?: unknown } } | null)?.action ?? {};
  const actions = Array.isArray(cards) ? cards.map((each) => (each as { action?: unknown } | null)?.action) : [];
  return actions.some((action) => typeof action === 'object' && action !== null && 'buttons' in action);
}

/** A carousel: each card has a picture and a link or quick replies, or is a product. */
export function checkCarousel(value: unknown): CheckedMessage {
  const { body: words, action } = shaped<{ readonly body: { text: string }; readonly action: { cards: Card[] } }>(
    hasReplies(value) ? CarouselOfReplies : CarouselOfLinks,
    value,
    'interactive',
  );
  const media = action.cards.flatMap((each, at) =>
    each.type === 'cta_url' ? headerMedia(each.header, `interactive['action']['cards'][${at}]`) : [],
  );
  return freeForm('interactive', words.text, { media, buttons: action.cards.flatMap(repliesOf) });
}
