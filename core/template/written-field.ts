import { z } from 'zod';
import { UNLISTED } from '../config/schema-shape.js';
import type { Json } from '../contract/json.js';
import { FIELD_TYPES, type FieldType } from '../contract/stub-template.js';
import { typedValue } from '../stub/field-value.js';
import { conditionProblem } from './check-condition.js';
import { FilledParams, TAKES, WrittenParams } from './field-params.js';
import { hasPlaceholder } from './reference.js';
import { Conditions, EXPORTED, Name } from './schema-parts.js';

/** How the keys of a path below data may be named. */
const PATH =
  /^(?!.*(?:^|\.)(?:__proto__|constructor|prototype)(?:\.|$))[^.|\s\p{Cc}]{1,100}(?:\.[^.|\s\p{Cc}]{1,100}){0,9}$/u;
/** Also what a regular expression may be long. */
const MAX_EXPRESSION = 4096;

const Validation = z
  .strictObject({
    ...EXPORTED,
    validationtype: z
      .enum(['required', 'regex', 'jsonata'])
      .describe('What the value is held against')
      .meta({
        enumDescriptions: [
          'There must be a value',
          'The text must match a regular expression',
          'An expression over the value must come to true',
        ],
      }),
    params: z
      .strictObject({
        regex: z
          .string()
          .min(1)
          .max(MAX_EXPRESSION)
          .optional()
          .describe('Of regex: a regular expression of JavaScript'),
        flags: z
          .string()
          .regex(/^[imsu]*$/, 'write some of the letters i, m, s, u')
          .optional()
          .describe('Of regex: i, m, s, u'),
        jsonata: z
          .string()
          .min(1)
          .max(MAX_EXPRESSION)
          .optional()
          .describe('Of jsonata: must come to true; sees value beside the roots of conditions'),
      })
      .default({})
      .describe('regex (and flags) or jsonata'),
    invalid_message: z.string().max(500).optional().describe('What people read when the value does not pass'),
    valid_message: z.string().max(500).optional().describe('What a form shows when the value passes'),
  })
  .superRefine(({ validationtype, params }, context) => {
    const issue = (path: string[], message: string, code?: string) =>
      context.addIssue({ code: 'custom', path, message, ...(code && { params: { code } }) });
    for (const key of Object.keys(params)) {
      const belongsTo = key === 'flags' ? 'regex' : key;
      if (belongsTo !== validationtype) issue(['params', key], `only the validationtype ${belongsTo} has this`);
    }
    if (validationtype === 'regex') {
      const problem =
        params.regex === undefined ? 'is missing. Write params: { regex: "^[A-Z]{3}$" }' : regexProblem(params);
      if (problem !== undefined) issue(['params', 'regex'], problem);
    }
    if (validationtype === 'jsonata') {
      if (params.jsonata === undefined)
        issue(['params', 'jsonata'], 'is missing. Write params: { jsonata: "value > 0" }');
      else {
        const problem = conditionProblem(params.jsonata);
        if (problem !== undefined) issue(['params', 'jsonata'], problem, 'condition_invalid');
      }
    }
  });

function regexProblem({
  regex = '',
  flags,
}: {
  readonly regex?: string | undefined;
  readonly flags?: string | undefined;
}) {
  try {
    new RegExp(regex, flags);
    return undefined;
  } catch (error) {
    const why = (error as Error).message.split(': ').at(-1)!;
    return `is not a valid JavaScript regular expression: ${why}`;
  }
}

/** What each type takes, for editors. */
const FIELD_TYPE_WORDS: { readonly [type in FieldType]: string } = {
  text: 'A text',
  number: 'A number',
  boolean: 'true or false',
  date: 'A date, or a date with a time',
  select: 'One of some options, or several of them',
  file: 'One or several files; the value is a list of file objects',
  contact: 'A contact, by contactuuid; or several',
  json: 'Any JSON',
};

/** A field of an action's form, as its author writes it. */
export const Field = z
  .strictObject({
    ...EXPORTED,
    name: Name.optional().meta(UNLISTED).describe('Its name, where that is another than the key above'),
    fieldtype: z
      .enum(FIELD_TYPES)
      .default('text')
      .describe('What kind of value it takes')
      .meta({ enumDescriptions: FIELD_TYPES.map((type) => FIELD_TYPE_WORDS[type]) }),
    title: z.string().optional().describe('Label in a form; default: the name'),
    hide_label: z.boolean().default(false).describe('A form shows no label'),
    details: z
      .strictObject({
        keyname: Name.optional().describe('Key of the value in stubpost.data; default: the name'),
        description: z.string().optional().describe('Help below the field'),
        datapath: z
          .string()
          .refine((path) => path === '' || PATH.test(path), 'write keys joined by dots, such as address.postal')
          .optional()
          .describe('Nests the value deeper: it lands at stubpost.data.<datapath>.<keyname>'),
      })
      .default({})
      .describe('Where the value lands, and help'),
    initvalue: z
      .strictObject({
        default: z.unknown().optional().describe('Taken where nothing is posted'),
        override: z.unknown().optional().describe('Taken always, whatever is posted'),
      })
      .default({})
      .describe('Value to begin with; placeholders are filled in'),
    conditions: Conditions.describe('JSONata; the field counts only while all hold. form.data is what was posted'),
    validations: z.record(z.string(), Validation).default({}).describe('What a value must pass'),
    params: WrittenParams.default({}).describe('Settings of the field type'),
  })
  .superRefine((field, context) => {
    const { fieldtype, params, initvalue, details } = field;
    const issue = (path: PropertyKey[], message: string, code?: string) =>
      context.addIssue({ code: 'custom', path, message, ...(code && { params: { code } }) });
    if (details.keyname !== undefined && !PATH.test(details.keyname)) {
      issue(['details', 'keyname'], 'write one key, without dots and blanks. Nest with details.datapath');
    }
    for (const key of Object.keys(params)) {
      if (TAKES[fieldtype].includes(key as keyof WrittenParams)) continue;
      const takes = TAKES[fieldtype].length === 0 ? 'takes no params' : `takes ${TAKES[fieldtype].join(', ')}`;
      issue(['params', key], `a field of type ${fieldtype} ${takes}`, 'key_unknown');
    }
    if (fieldtype === 'select' && params.options === undefined) {
      issue(['params', 'options'], 'is missing. Write for example: [{ label: Red, value: red }]');
    }
    for (const [key, validation] of Object.entries(field.validations)) {
      if (validation.validationtype === 'regex' && ['boolean', 'file', 'contact', 'json'].includes(fieldtype)) {
        issue(
          ['validations', key],
          `a regex checks text, and a field of type ${fieldtype} has none. Use the validationtype jsonata`,
        );
      }
    }
    const filled = FilledParams.safeParse(params);
    for (const key of ['default', 'override'] as const) {
      const value = initvalue[key] as Json | undefined;
      if (value === undefined || [...textsOf(value)].some(hasPlaceholder)) continue;
      // Read as the author wrote it: 0825550101 is a text here.
      const isText = fieldtype === 'text' || fieldtype === 'select' || fieldtype === 'date';
      if (isText && (typeof value === 'number' || typeof value === 'boolean')) {
        context.addIssue({ code: 'invalid_type', expected: 'string', path: ['initvalue', key], input: value });
      } else if (filled.success && value !== null && value !== '') {
        const typed = typedValue(fieldtype, filled.data, value);
        if ('expected' in typed) issue(['initvalue', key], `it takes ${typed.expected}`);
      }
    }
  });

/** Every text inside. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) yield* textsOf(inner);
}

export type WrittenField = z.infer<typeof Field>;
export type { FieldType };
