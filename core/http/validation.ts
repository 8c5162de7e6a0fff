import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { didYouMean, listed } from '../config/nearest.js';
import { StubwireError } from '../errors.js';
import { isReadOnly } from './json-schema.js';

/** One thing wrong with a request: where it stands, as in `body.contactpoints.0.type`, and what. */
interface Finding {
  readonly path: string;
  readonly problem: string;
}

/** Checks a part of a request with its zod schema. A missing body is an empty one. Errors: `validation_failed`. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = httpPart === 'querystring' ? 'query' : (httpPart ?? 'request');
  return (data: unknown) => {
    const result = schema.safeParse(data ?? {});
    return result.success ? { value: result.data } : { error: validationError(part, schema, result.error) };
  };
};

/** Everything wrong with a value that should be of a schema; `part` is where the value stands: `body`. */
export function validationError(part: string, schema: z.ZodType, error: z.ZodError): StubwireError {
  const findings = error.issues
    .flatMap(ofNearestBranch)
    .slice(0, 20)
    .map((issue) => finding(part, schema, issue));
  const message = findings.map(({ path, problem }) => `${path}: ${problem}`).join(' ');
  return new StubwireError('validation_failed', message, { details: findings });
}

/** Zod says no more than this of a union that has no words of its own. */
const SAYS_NOTHING = 'Invalid input';

/** Of a union's branches what the one says that takes a value of this kind and finds least wrong with it. */
function ofNearestBranch(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.message !== SAYS_NOTHING || issue.errors.length === 0) return [issue];
  const isOfOtherKind = (inner: z.core.$ZodIssue) => inner.path.length === 0 && inner.code === 'invalid_type';
  const fitting = issue.errors.filter((branch) => !branch.some(isOfOtherKind));
  const [nearest] = fitting.sort((a, b) => a.length - b.length);
  if (nearest)
    return nearest.flatMap((inner) =>
      ofNearestBranch({ ...inner, path: [...issue.path, ...inner.path] } as typeof issue),
    );
  const kinds = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []));
  return [{ ...issue, message: `expected ${[...new Set(kinds)].join(' or ')}` }];
}

function finding(part: string, schema: z.ZodType, issue: z.core.$ZodIssue): Finding {
  const path = [part, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    const key = issue.keys[0]!;
    return {
      path: `${path}.${key}`,
      problem: `there is no such key.${didYouMean(key, known)} There are: ${listed(known)}.`,
    };
  }
  if (issue.code === 'invalid_union' && 'options' in issue && issue.options)
    return { path, problem: `is missing, or none of: ${listed(issue.options.map(String))}.` };
  const [, received] = (issue.code === 'invalid_type' && ZODS_WORDS.exec(issue.message)) || [];
  if (issue.code !== 'invalid_type' || received === undefined)
    return { path, problem: issue.message.replace(/[^.?!]$/, '$&.') };
  const found = received === 'undefined' ? 'missing' : kindOf(received);
  return { path, problem: `is ${found}; ${kindOf(issue.expected)} is expected.` };
}

/** Of a value of another kind, where the schema has no words of its own. */
const ZODS_WORDS = /^Invalid input: expected .+, received (\w+)$/;
const KINDS: { readonly [kind: string]: string } = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const kindOf = (kind: string): string => KINDS[kind] ?? kind;

/** The keys of the object that stands at a path of a schema. */
function knownKeys(schema: z.ZodType, [key, ...rest]: readonly PropertyKey[]): string[] {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodUnion)
    return bare.options.flatMap((option) => knownKeys(option as z.ZodType, key === undefined ? [] : [key, ...rest]));
  if (bare instanceof z.ZodArray) return knownKeys(bare.element as z.ZodType, rest);
  if (bare instanceof z.ZodRecord) return knownKeys(bare.valueType as z.ZodType, rest);
  if (!(bare instanceof z.ZodObject)) return [];
  if (key === undefined) return Object.keys(bare.shape).filter((name) => !isReadOnly(bare.shape[name] as z.ZodType));
  const child = bare.shape[String(key)] as z.ZodType | undefined;
  return child ? knownKeys(child, rest) : [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in as z.ZodType);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapped(schema.unwrap() as z.ZodType);
  }
  return schema;
}
