import { type ZodType, z } from 'zod';
import { MAX_CARD_BODY } from './carousel.js';
import { MetaContacts } from './contacts.js';
import { DisplayText } from './cta-url.js';
import { FlowCta } from './flow.js';
import { MAX_BODY, MAX_FOOTER, MAX_HEADER } from './interactive-object.js';
import { MAX_LIST_BODY, MAX_ROWS, MAX_SECTIONS, refuseTotal, refuseUntitled } from './list.js';
import { MAX_CAPTION } from './media.js';
import { anyCase, degrees, httpLink, idText, listOf, refuseRepeats, words } from './meta-limits.js';
import { MAX_PRODUCTS } from './product-list.js';
import { Emoji } from './reaction.js';
import { Component, TemplateName } from './template.js';
import { MAX_TEXT } from './text.js';

/**
 * Meta's own objects, with the limits that are known of them. Keys that are not named here pass: Meta adds some every
 * few months, and `raw` is there for those.
 */

/** Takes over what another schema finds in a part of the value. */
export function passOn(
  schema: ZodType | undefined,
  value: unknown,
  path: PropertyKey[],
  context: z.RefinementCtx,
): void {
  for (const issue of schema?.safeParse(value).error?.issues ?? [])
    context.addIssue({ ...issue, path: [...path, ...issue.path] } as never);
}

const filled = z.string().min(1);

/** One source: an upload to Meta, a link, or a file of ours that is uploaded when the message leaves. */
const mediaObject = (caption?: ZodType) =>
  z
    .looseObject({ id: filled.optional(), link: httpLink.optional(), fileuuid: filled.optional(), caption })
    .refine(
      ({ id, link, fileuuid }) => [id, link, fileuuid].filter((source) => source !== undefined).length === 1,
      'takes one of id, link and fileuuid.',
    );
const Caption = words(MAX_CAPTION, 0).optional();
const NoCaption = z
  .unknown()
  .refine((caption) => caption === undefined, 'cannot go with this type: WhatsApp shows no caption under it.')
  .optional();
const Captioned = mediaObject(Caption);
const Bare = mediaObject(NoCaption);

const Header = z.looseObject({
  type: filled,
  text: words(MAX_HEADER).optional(),
  image: Bare.optional(),
  video: Bare.optional(),
  document: Bare.optional(),
});
const textOf = (max: number) => z.looseObject({ text: words(max) });

const Reply = z.looseObject({ type: anyCase('reply'), reply: z.looseObject({ id: idText(256), title: words(20) }) });
const Row = z.looseObject({ id: idText(200), title: words(24), description: words(72, 0).optional() });
const RowSection = z.looseObject({ title: words(24, 0).optional(), rows: listOf(Row, MAX_ROWS) });
const Product = z.looseObject({ product_retailer_id: filled });
const ProductSection = z.looseObject({ title: words(24, 0).optional(), product_items: listOf(Product, MAX_PRODUCTS) });
const LinkAction = z.looseObject({
  name: anyCase('cta_url'),
  parameters: z.looseObject({ display_text: DisplayText, url: httpLink }),
});
const QuickReply = z.looseObject({
  type: anyCase('quick_reply'),
  quick_reply: z.looseObject({ id: idText(20), title: words(20) }),
});
const Card = z.looseObject({
  body: textOf(MAX_CARD_BODY).optional(),
  header: Header.optional(),
  action: z.looseObject({ buttons: listOf(QuickReply, 2).optional() }).optional(),
});
const named = (name: string) => z.looseObject({ name: anyCase(name) });

/** `action` by the type of the interactive message. */
const ACTIONS = new Map<string, ZodType>(
  Object.entries({
    button: z.looseObject({
      buttons: listOf(Reply, 3).superRefine((buttons, context) => {
        for (const key of ['id', 'title'] as const) {
          const values = buttons.map(({ reply }, at) => ({ value: reply[key], path: [at, 'reply', key] }));
          refuseRepeats(values, key, context);
        }
      }),
    }),
    list: z.looseObject({
      button: words(20),
      sections: listOf(RowSection, MAX_SECTIONS).superRefine((sections, context) => {
        const counts = sections.map((section) => section.rows.length);
        refuseTotal(counts, MAX_ROWS, 'rows', context);
        refuseUntitled(sections, context);
      }),
    }),
    cta_url: LinkAction,
    flow: named('flow').extend({ parameters: z.looseObject({ flow_cta: FlowCta }) }),
    product: Product.extend({ catalog_id: filled }),
    product_list: z.looseObject({
      catalog_id: filled,
      sections: listOf(ProductSection, MAX_SECTIONS).superRefine((sections, context) => {
        const counts = sections.map(({ product_items }) => product_items.length);
        refuseTotal(counts, MAX_PRODUCTS, 'products', context);
        refuseUntitled(sections, context);
      }),
    }),
    location_request_message: named('send_location'),
    call_permission_request: named('call_permission_request'),
    request_contact_info: named('request_contact_info'),
    catalog_message: named('catalog_message'),
    address_message: named('address_message').extend({ parameters: z.looseObject({ country: anyCase('in') }) }),
    carousel: z.looseObject({ cards: listOf(Card, 10, 2) }),
  }),
);
const WITHOUT_BODY: readonly string[] = ['product', 'call_permission_request'];

const Interactive = z
  .looseObject({
    type: filled,
    header: Header.optional(),
    body: z.looseObject({ text: z.string() }).optional(),
    footer: textOf(MAX_FOOTER).optional(),
    action: z.looseObject({}),
  })
  .superRefine(({ type: given, body, action }, context) => {
    const type = given.toLowerCase();
    if (body !== undefined) passOn(textOf(type === 'list' ? MAX_LIST_BODY : MAX_BODY), body, ['body'], context);
    else if (ACTIONS.has(type) && !WITHOUT_BODY.includes(type))
      context.addIssue({ code: 'custom', path: ['type'], message: `"${type}" needs a body beside it: {text: …}.` });
    passOn(ACTIONS.get(type), action, ['action'], context);
  });

/** By the message's `type`; a type that is not here is not known to us and left to Meta. */
export const RAW_LIMITS: ReadonlyMap<string, ZodType> = new Map(
  Object.entries<ZodType>({
    text: z.looseObject({ body: words(MAX_TEXT), preview_url: z.boolean().optional() }),
    image: Captioned,
    video: Captioned,
    document: Captioned,
    audio: Bare,
    sticker: Bare,
    location: z.looseObject({ latitude: degrees(90), longitude: degrees(180) }),
    contacts: MetaContacts,
    reaction: z.looseObject({ message_id: filled, emoji: Emoji }),
    template: z.looseObject({
      name: TemplateName,
      language: z.looseObject({ code: filled }),
      components: listOf(Component, 20, 0).optional(),
    }),
    interactive: Interactive,
  }),
);
