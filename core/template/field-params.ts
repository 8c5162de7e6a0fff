import { z } from 'zod';
import type { FieldType } from '../contract/stub-template.js';
import { isDate } from '../stub/iso-date.js';

/** `params` of fields: what each type takes, as written and as filled in. */

const MAX_OPTIONS = 1_000;
/** Characters of a text at most, whatever a template says. */
export const MAX_TEXT_LENGTH = 65_536;
const MAX_FILES = 100;

const DateText = z
  .string()
  .refine(isDate, 'write a date such as 2026-11-23, or a time such as 2026-11-23T09:30:00+02:00');
const option = <Value extends z.ZodType>(value: Value) =>
  z.union([
    value,
    z.strictObject({
      label: value.optional().describe('What people read; default: the value'),
      value: value.describe('What lands in the data'),
    }),
  ]);

/** After substitution options may come from data: numbers among them are texts like the others. */
const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const FilledOption = option(Scalar).transform((one) => {
  const { label, value } = typeof one === 'string' ? { label: one, value: one } : one;
  return { label: label ?? value, value };
});

const SHAPE = {
  max_length: z.int().min(1).max(MAX_TEXT_LENGTH),
  min: z.number(),
  max: z.number(),
  earliest: DateText,
  latest: DateText,
  with_time: z.boolean(),
  multiple: z.boolean(),
  max_files: z.int().min(1).max(MAX_FILES),
};

const Placeholder = (form: string) =>
  z.string({ error: `write ${form}, or a whole ~~path` }).regex(/^~~|\{\{/, `write ${form}, or a whole ~~path`);
const written = <Schema extends z.ZodType>(schema: Schema, form: string, meaning: string) =>
  z
    .union([schema, Placeholder(form)])
    .optional()
    .describe(meaning);

/** As the author writes them: any of them may be filled in from data. */
export const WrittenParams = z.strictObject({
  options: written(
    z
      .array(option(z.string().max(1_000)))
      .min(1)
      .max(MAX_OPTIONS),
    'a list of options',
    'Of select: values, or {label, value}',
  ),
  multiple: written(
    SHAPE.multiple,
    'true or false',
    'Of select and contact: several may be chosen; the value is a list',
  ),
  max_length: written(SHAPE.max_length, 'a whole number', 'Of text: characters at most'),
  min: written(SHAPE.min, 'a number', 'Of number: the smallest'),
  max: written(SHAPE.max, 'a number', 'Of number: the largest'),
  earliest: written(DateText, 'a date', 'Of date: not before this date or time'),
  latest: written(DateText, 'a date', 'Of date: not after this date or time'),
  with_time: written(
    SHAPE.with_time,
    'true or false',
    'Of date: true asks for a time, false for none; default: either',
  ),
  max_files: written(SHAPE.max_files, 'a whole number', 'Of file: how many at most'),
});
export type WrittenParams = z.infer<typeof WrittenParams>;

/** As a run sees them. */
export const FilledParams = z.object({ ...SHAPE, options: z.array(FilledOption).max(MAX_OPTIONS) }).partial();
export type FilledParams = z.infer<typeof FilledParams>;

export const TAKES: { readonly [type in FieldType]: readonly (keyof WrittenParams)[] } = {
  text: ['max_length'],
  number: ['min', 'max'],
  boolean: [],
  date: ['earliest', 'latest', 'with_time'],
  select: ['options', 'multiple'],
  file: ['max_files'],
  contact: ['multiple'],
  json: [],
};
