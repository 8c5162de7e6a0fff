import { z } from 'zod';

const Button = z.looseObject({
  type: z.enum([
    'QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'OTP', 'FLOW', 'CATALOG', 'MPM', 'SPM', 'VOICE_CALL', 'ORDER_DETAILS',
  ]), // biome-ignore format: one line reads best
  text: z.string().max(25).default(''),
  url: z.string().max(2_000).optional(),
});
export type TemplateButton = z.output<typeof Button>;

const Header = z.looseObject({
  type: z.literal('HEADER'),
  format: z.enum(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'PRODUCT']).default('TEXT'),
  text: z.string().max(60).optional(),
});
const Body = z.looseObject({ type: z.literal('BODY'), text: z.string().min(1).max(1024) });
const Buttons = z.looseObject({ type: z.literal('BUTTONS'), buttons: z.array(Button).min(1).max(10) });

const Component = z.discriminatedUnion('type', [
  Header,
  Body,
  z.looseObject({ type: z.literal('FOOTER'), text: z.string().min(1).max(60) }),
  Buttons,
  z.looseObject({
    type: z.literal('LIMITED_TIME_OFFER'),
    limited_time_offer: z.looseObject({
      text: z.string().min(1).max(16),
      has_expiration: z.boolean().default(false),
    }),
  }),
  z.looseObject({
    type: z.literal('CAROUSEL'),
    cards: z
      .array(z.looseObject({ components: z.array(z.discriminatedUnion('type', [Header, Body, Buttons])).max(3) }))
      .min(2)
      .max(10),
  }),
]);
export type TemplateComponent = z.output<typeof Component>;

export const TemplateStatus = z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED']);
export type TemplateStatus = z.output<typeof TemplateStatus>;

/** A WhatsApp template as Meta's `message_templates` lists it; its id is derived from account, name and language. */
export const TemplateDefinition = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be lower-case letters, digits and _ only'),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2,3})?$/, 'must be a language code such as en or en_US'),
  status: TemplateStatus.default('APPROVED'),
  category: z.enum(['UTILITY', 'MARKETING', 'AUTHENTICATION']).default('UTILITY'),
  parameter_format: z.enum(['POSITIONAL', 'NAMED']).default('POSITIONAL'),
  rejected_reason: z.string().max(100).optional(),
  components: z
    .array(Component)
    .min(1)
    .max(5)
    .refine((components) => components.filter(({ type }) => type === 'BODY').length === 1, 'must hold exactly one BODY')
    .refine(
      (components) => new Set(components.map(({ type }) => type)).size === components.length,
      'must hold each type once at most',
    ),
});
export type TemplateDefinition = z.output<typeof TemplateDefinition>;

export const partOf = <Type extends TemplateComponent['type']>(parts: readonly TemplateComponent[], type: Type) =>
  parts.find((part): part is Extract<TemplateComponent, { type: Type }> => part.type === type);
