import { z } from 'zod';

const CONTACT_BUTTON = 'Share Contact Info';

const AnyButton = z.looseObject({
  type: z.enum([
    'QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'OTP', 'FLOW', 'CATALOG', 'MPM', 'SPM', 'VOICE_CALL', 'ORDER_DETAILS', 'REQUEST_CONTACT_INFO',
  ]), // biome-ignore format: one line reads best
  text: z.string().max(25).default(''),
  url: z.string().max(2_000).optional(),
});
const Button = AnyButton.refine(
  ({ type, text }) => type !== 'REQUEST_CONTACT_INFO' || text === '' || text === CONTACT_BUTTON,
  `text: must be absent or exactly "${CONTACT_BUTTON}"`,
).transform((button) => (button.type === 'REQUEST_CONTACT_INFO' ? { ...button, text: CONTACT_BUTTON } : button));
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

const CATEGORIES = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const;
const Category = z.enum(CATEGORIES, `must be one of ${CATEGORIES.join(', ')}`);

/** Limits of the seconds that Meta tries to deliver; -1 means 30 days. */
const TTL_SECONDS: { readonly [Name in z.output<typeof Category>]: readonly [number, number] } = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
};

/** The keys of a template in Meta's `message_templates`. Its id is derived from account, name and language. */
const TemplateKeys = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be 1 to 512 lower-case letters, digits and _'),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2,3})?$/, 'must be a language code such as en or en_US'),
  status: TemplateStatus.default('APPROVED'),
  category: Category.default('UTILITY'),
  sub_category: z.string().max(100).optional(),
  parameter_format: z.enum(['POSITIONAL', 'NAMED']).default('POSITIONAL'),
  rejected_reason: z.string().max(100).optional(),
  message_send_ttl_seconds: z.int('must be a whole number').optional(),
  correct_category: Category.optional(),
  previous_category: Category.optional(),
  library_template_name: z.string().max(512).optional(),
  cta_url_link_tracking_opted_out: z.boolean('must be true or false').optional(),
  degrees_of_freedom_spec: z.looseObject({}).optional(),
  quality_score: z
    .strictObject({ score: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']), date: z.int().min(0).optional() })
    .optional(),
  source: z.string().max(100).optional(),
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

function checkTtl(
  {
    category,
    message_send_ttl_seconds: ttl,
  }: Pick<z.output<typeof TemplateKeys>, 'category' | 'message_send_ttl_seconds'>,
  context: z.RefinementCtx,
): void {
  const [least, most] = TTL_SECONDS[category];
  if (ttl === undefined || ttl === -1 || (ttl >= least && ttl <= most)) return;
  const message = `must be ${least} to ${most} for the category ${category}, or -1`;
  context.addIssue({ code: 'custom', path: ['message_send_ttl_seconds'], message });
}

export const TemplateDefinition = TemplateKeys.superRefine(checkTtl);
export type TemplateDefinition = z.output<typeof TemplateDefinition>;

/** The keys of a template that the business sets; Meta sets the rest. */
export const NewTemplate = TemplateKeys.omit({
  status: true,
  rejected_reason: true,
  correct_category: true,
  previous_category: true,
  quality_score: true,
  source: true,
})
  .extend({ allow_category_change: z.boolean().optional() })
  .superRefine(checkTtl);

export const partOf = <Type extends TemplateComponent['type']>(parts: readonly TemplateComponent[], type: Type) =>
  parts.find((part): part is Extract<TemplateComponent, { type: Type }> => part.type === type);
