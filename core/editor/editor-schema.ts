import { type ZodType, z } from 'zod';
import { asWritten } from './as-written.js';
import type { JsonSchema } from './json-schema-form.js';

export interface EditorSchemaOptions {
  /** Texts in it are filled in before it is checked: a placeholder may stand wherever a value does. */
  readonly filledIn?: boolean;
}

/**
 * The JSON Schema (draft-07, what `yaml-language-server` reads best) of a file that people write and a zod schema checks:
 * what the loader takes it takes, and what it cannot know (names, conditions, text inside placeholders) it lets pass.
 * Keywords of JSON Schema in a schema's `meta` are taken over. Limits and defaults are told behind each description.
 */
export function editorSchema(schema: ZodType, { filledIn = false }: EditorSchemaOptions = {}): JsonSchema {
  const { $schema, ...made } = z.toJSONSchema(schema, {
    target: 'draft-07',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => note(zodSchema, jsonSchema as JsonSchema),
  });
  return asWritten(made as JsonSchema, filledIn);
}

/** Notes on a generated schema what only zod knows. */
function note(zodSchema: z.core.$ZodTypes, json: JsonSchema): void {
  const { def } = zodSchema._zod;
  if (isNumberOrText(zodSchema)) json.takesText = true;
  // Zod leaves out the default of whatever changes its input.
  if (def.type === 'default' && isNumberOrText(def.innerType)) json.default = def.defaultValue;
  if (def.type === 'union' && 'discriminator' in def) json.by = String(def.discriminator);
  if (def.type !== 'string') return;
  delete json.format; // its pattern says the same, and says it alike everywhere
  const checks = (def.checks ?? []).map(({ _zod }) => _zod.def as { readonly pattern?: RegExp });
  if (checks.some(({ pattern }) => /[ims]/.test(pattern?.flags ?? ''))) {
    delete json.pattern; // JSON Schema has no flags
    delete json.allOf;
  }
  const words = (def.checks ?? []).map(patternWords).find((text) => text !== undefined);
  if (json.pattern !== undefined && words !== undefined) json.patternErrorMessage = words;
}

/** Whether a schema was made by `numberOrText`. */
function isNumberOrText(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'pipe' && def.in._zod.def.type === 'transform' && def.out._zod.def.type === 'number';
}

/** What the schema says where its pattern does not fit. */
function patternWords(check: z.core.$ZodCheck<never>): string | undefined {
  const { check: kind, error } = check._zod.def;
  if (kind !== 'string_format' || error === undefined) return undefined;
  const words = error({ code: 'invalid_format', format: 'regex', input: '', path: [] } as never);
  return typeof words === 'string' ? words : words?.message;
}
