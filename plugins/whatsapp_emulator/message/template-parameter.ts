import { z } from 'zod';

const MEDIA = z.strictObject({
  id: z.string().optional(),
  link: z.string().optional(),
  filename: z.string().optional(),
});
const FALLBACK = z.looseObject({ fallback_value: z.string() });

/** One parameter of a template's header, body or button, as it is sent. */
export const TemplateParameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string(), parameter_name: z.string().optional() }),
  z.strictObject({ type: z.literal('currency'), currency: FALLBACK, parameter_name: z.string().optional() }),
  z.strictObject({ type: z.literal('date_time'), date_time: FALLBACK, parameter_name: z.string().optional() }),
  z.strictObject({ type: z.literal('image'), image: MEDIA }),
  z.strictObject({ type: z.literal('video'), video: MEDIA }),
  z.strictObject({ type: z.literal('document'), document: MEDIA }),
  z.strictObject({ type: z.literal('location'), location: z.looseObject({}) }),
  z.strictObject({ type: z.literal('payload'), payload: z.string().max(256) }),
  z.strictObject({ type: z.literal('coupon_code'), coupon_code: z.string().max(20) }),
]);
export type TemplateParameter = z.output<typeof TemplateParameter>;
