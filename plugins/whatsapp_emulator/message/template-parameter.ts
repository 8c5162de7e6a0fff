import { z } from 'zod';
import { Location } from './check-location.js';
import { HeaderDocument, HeaderMedia } from './sent-media.js';

const FALLBACK = z.looseObject({ fallback_value: z.string().min(1, 'must not be empty') });
const parameter_name = z.string().optional();

const Action = z.strictObject({
  thumbnail_product_retailer_id: z.string().optional(),
  sections: z
    .array(z.looseObject({ product_items: z.array(z.looseObject({ product_retailer_id: z.string() })) }))
    .max(10)
    .optional(),
  flow_token: z.string().optional(),
  flow_action_data: z.looseObject({}).optional(),
});

/** One parameter of a template's component, as it is sent. */
export const TemplateParameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string(), parameter_name }),
  z.strictObject({ type: z.literal('currency'), currency: FALLBACK, parameter_name }),
  z.strictObject({ type: z.literal('date_time'), date_time: FALLBACK, parameter_name }),
  z.strictObject({ type: z.literal('image'), image: HeaderMedia }),
  z.strictObject({ type: z.literal('video'), video: HeaderMedia }),
  z.strictObject({ type: z.literal('document'), document: HeaderDocument }),
  z.strictObject({ type: z.literal('location'), location: Location }),
  z.strictObject({ type: z.literal('product'), product: z.looseObject({ product_retailer_id: z.string() }) }),
  z.strictObject({ type: z.literal('payload'), payload: z.string().max(256) }),
  z.strictObject({ type: z.literal('coupon_code'), coupon_code: z.string().min(1).max(20) }),
  z.strictObject({ type: z.literal('action'), action: Action }),
  z.strictObject({ type: z.literal('ttl_minutes'), ttl_minutes: z.int().min(1).max(43_200) }),
  z.strictObject({ type: z.literal('order_details'), order_details: z.looseObject({}) }),
  z.strictObject({
    type: z.literal('limited_time_offer'),
    limited_time_offer: z.strictObject({ expiration_time_ms: z.int().min(0) }),
  }),
]);
export type TemplateParameter = z.output<typeof TemplateParameter>;

const lower = z.string().transform((text) => text.toLowerCase());
const Index = z
  .union([z.string().regex(/^\d$/), z.int().min(0).max(9)], 'must be 0 to 9')
  .transform(Number)
  .optional();
const parameters = z.array(TemplateParameter).max(50).default([]);

const CardComponent = z.strictObject({
  type: lower.pipe(z.enum(['header', 'body', 'button'], 'must be header, body or button')),
  sub_type: lower.optional(),
  index: Index,
  parameters,
});

/** One of `components` of a template as it is sent. */
export const SentComponent = z.strictObject({
  type: lower.pipe(
    z.enum(
      ['header', 'body', 'button', 'carousel', 'limited_time_offer'],
      'must be header, body, button, carousel or limited_time_offer',
    ),
  ),
  sub_type: lower.optional(),
  index: Index,
  parameters,
  cards: z
    .array(z.strictObject({ card_index: z.int().min(0).max(9), components: z.array(CardComponent).max(10) }))
    .max(10)
    .optional(),
});
export type SentComponent = z.output<typeof SentComponent>;
