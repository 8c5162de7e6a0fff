import { z } from 'zod';

const Button = z.looseObject({
  type: z.enum(['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE']),
  text: z.string().min(1).max(25),
  url: z.string().max(2_000).optional(),
});

const Component = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('HEADER'),
    format: z.enum(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']).default('TEXT'),
    text: z.string().max(60).optional(),
  }),
  z.looseObject({ type: z.literal('BODY'), text: z.string().min(1).max(1024) }),
  z.looseObject({ type: z.literal('FOOTER'), text: z.string().min(1).max(60) }),
  z.looseObject({ type: z.literal('BUTTONS'), buttons: z.array(Button).min(1).max(10) }),
]);

/** A WhatsApp template as Meta's `message_templates` lists it. */
export const TemplateDefinition = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'lower-case letters, digits and _ only'),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2,3})?$/, 'a language code such as en or en_US'),
  status: z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED']).default('APPROVED'),
  category: z.enum(['UTILITY', 'MARKETING', 'AUTHENTICATION']).default('UTILITY'),
  components: z
    .array(Component)
    .min(1)
    .max(4)
    .refine((components) => components.filter(({ type }) => type === 'BODY').length === 1, 'exactly one BODY'),
});
export type TemplateDefinition = z.output<typeof TemplateDefinition>;
export type TemplateComponent = TemplateDefinition['components'][number];

const BUILT_IN: readonly TemplateDefinition[] = [
  {
    name: 'general_interaction_request',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: '{{1}} has an update for you and would like to send it here. Is that all right?' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Allow' },
          { type: 'QUICK_REPLY', text: 'Reject' },
        ],
      },
    ],
  },
  {
    name: 'general_stub_update',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'News about {{1}}: {{2}} Thank you for your patience.' }],
  },
];

/** The templates that exist here, found by name and language. */
export class TemplateCatalogue {
  private readonly byKey = new Map<string, TemplateDefinition>();

  constructor(configured: readonly TemplateDefinition[]) {
    for (const template of [...BUILT_IN, ...configured])
      this.byKey.set(`${template.name} ${template.language}`, template);
  }

  get all(): readonly TemplateDefinition[] {
    return [...this.byKey.values()];
  }

  find(name: string, language: string): TemplateDefinition | undefined {
    return this.byKey.get(`${name} ${language}`);
  }

  languagesOf(name: string): readonly string[] {
    return this.all.filter((template) => template.name === name).map((template) => template.language);
  }
}
