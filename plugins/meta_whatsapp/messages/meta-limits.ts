import { type ZodType, z } from 'zod';

/** Length as Meta counts it: characters, not UTF-16 units. */
export const characters = (text: string): number => [...text].length;

/** A text of `min` to `max` characters. */
export const words = (max: number, min = 1) =>
  z
    .string()
    .superRefine((text, context) => {
      const length = characters(text);
      if (length >= min && length <= max) return;
      const range = min === 0 ? `at most ${max}` : `${min} to ${max}`;
      const advice = length > max ? ' Shorten it.' : '';
      context.addIssue({ code: 'custom', message: `has ${length} characters; WhatsApp takes ${range}.${advice}` });
    })
    .meta({ minLength: min, maxLength: max });

/** A text given bare or as Meta writes it, `{text: …}`; read as the bare text. */
export const textPart = (max: number) =>
  z
    .union([words(max), z.strictObject({ text: words(max).describe('The text') })])
    .transform((given) => (typeof given === 'string' ? given : given.text))
    .describe(`A text of ${max} characters at most; also as Meta writes it, { text: … }`);

/** An id or title of a button or row: Meta refuses blanks around ids. */
export const idText = (max: number) =>
  words(max).refine((id) => id.trim() === id, 'begins or ends with a blank; WhatsApp takes none around an id.');

/** A reference that is left out when nothing stands there; so it may not count against a limit. */
const mayBeLeftOut = (item: unknown): boolean => typeof item === 'string' && item.startsWith('~~');

/** One of Meta's fixed words, in any case. */
export const anyCase = (...words: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => words.includes(text.toLowerCase()),
      words.length === 1 ? `is not ${words[0]}.` : `is not one of: ${words.join(', ')}.`,
    );

/** A list of `min` to `max` entries, counted even where one of them is wrong. */
export function listOf<Item extends ZodType>(item: Item, max: number, min = 1) {
  const count = (list: readonly unknown[]) => list.filter((entry) => !mayBeLeftOut(entry)).length;
  return z
    .array(item)
    .refine((list) => list.length >= min && count(list) <= max, {
      when: ({ value }) => Array.isArray(value),
      error: ({ input }) =>
        `has ${(input as unknown[]).length} entries; WhatsApp takes ${min === max ? min : `${min} to ${max}`}.`,
    })
    .meta({ minItems: min, if: { contains: { type: 'string', pattern: '^~~' } }, else: { maxItems: max } });
}

/** Reports each value that stood in the list before, at its own path. */
export function refuseRepeats(
  values: readonly { readonly value: string; readonly path: readonly PropertyKey[] }[],
  what: string,
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const { value, path } of values) {
    if (seen.has(value)) {
      const message = `is the same ${what} as one before it; WhatsApp wants each to be another.`;
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    seen.add(value);
  }
}

/** Longest link taken, characters: what browsers and Meta's own buttons carry. */
const MAX_LINK = 2_000;

/** Whether a text is a link that Meta can open. */
export const isHttpLink = (text: string): boolean =>
  /^https?:\/\//i.test(text) && URL.canParse(text) && !/\s/.test(text);

export const httpLink = words(MAX_LINK).refine(isHttpLink, {
  when: ({ value }) => typeof value === 'string' && characters(value) <= MAX_LINK,
  error: 'is no link that begins with http:// or https://.',
});

/** A number between two bounds, also written as text; goes out as text. */
export const degrees = (max: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,3}(\.\d{1,20})?$/, 'is no number of degrees such as -33.9249; WhatsApp takes those only.'),
    ])
    .refine((value) => !(Math.abs(Number(value)) > max), {
      error: ({ input }) => `is ${String(input)}; WhatsApp takes -${max} to ${max} degrees.`,
    })
    .transform(String);
