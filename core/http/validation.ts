import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { didYouMean, listed } from '../config/nearest.js';
import { StubwireError } from '../errors.js';

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
  const findings = error.issues.slice(0, 20).map((issue) => finding(part, schema, issue));
  const message = findings.map(({ path, problem }) => `${path}: ${problem}`).join(' ');
  return new StubwireError('validation_failed', message, { details: findings });
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
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return { path, problem: missing ? `is missing; a ${issue.expected} is expected.` : `${issue.message}.` };
}

/** The keys of the object that stands at a path of a schema. */
function knownKeys(schema: z.ZodType, [key, ...rest]: readonly PropertyKey[]): string[] {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodUnion)
    return bare.options.flatMap((option) => knownKeys(option as z.ZodType, key === undefined ? [] : [key, ...rest]));
  if (bare instanceof z.ZodArray) return knownKeys(bare.element as z.ZodType, rest);
  if (bare instanceof z.ZodRecord) return knownKeys(bare.valueType as z.ZodType, rest);
  if (!(bare instanceof z.ZodObject)) return [];
  if (key === undefined) return Object.keys(bare.shape);
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
