import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { issueWords, JSON_KINDS, nearestIssues, valueAt } from '../config/issue-words.js';
import { didYouMean, listed, nearest } from '../config/nearest.js';
import { knownKeys, schemasAt, shapeOf } from '../config/schema-shape.js';
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
    return result.success ? { value: result.data } : { error: validationError(part, schema, result.error, data ?? {}) };
  };
};

/** Everything wrong with a value that should be of a schema; `part` is where the value stands: `body`. */
export function validationError(part: string, schema: z.ZodType, error: z.ZodError, given: unknown): StubwireError {
  const findings = error.issues
    .flatMap((issue) => nearestIssues(issue, given))
    .slice(0, 20)
    .map((issue) => finding(part, schema, issue, given));
  const message = findings.map(({ path, problem }) => `${path}: ${problem}`).join(' ');
  return new StubwireError('validation_failed', message, { details: findings });
}

function finding(part: string, schema: z.ZodType, issue: z.core.$ZodIssue, given: unknown): Finding {
  const path = [part, ...issue.path].join('.');
  const misspelt = unknownKey(schema, issue, given);
  if (misspelt === undefined) return { path, problem: issueWords(issue, given, JSON_KINDS) };
  const { owner, key, known } = misspelt;
  return {
    path: [part, ...owner, key].join('.'),
    problem: `there is no such key.${didYouMean(key, known)} There are: ${listed(known)}.`,
  };
}

interface UnknownKey {
  readonly owner: readonly PropertyKey[];
  readonly key: string;
  readonly known: readonly string[];
}

/** The unknown key that an issue is about; also where the key that decides between forms is misspelt, and so missing. */
function unknownKey(schema: z.ZodType, issue: z.core.$ZodIssue, given: unknown): UnknownKey | undefined {
  const knownAt = (owner: readonly PropertyKey[]) => [
    ...new Set(schemasAt(schema, owner, given).flatMap(writableKeys)),
  ];
  if (issue.code === 'unrecognized_keys') return { owner: issue.path, key: issue.keys[0]!, known: knownAt(issue.path) };
  if (issue.code !== 'invalid_union' || valueAt(given, issue.path) !== undefined) return undefined;
  const owner = issue.path.slice(0, -1);
  const known = knownAt(owner);
  const written = Object.keys((valueAt(given, owner) as object | null | undefined) ?? {});
  const key = written.find((each) => !known.includes(each) && nearest(each, known) === issue.path.at(-1));
  return key === undefined ? undefined : { owner, key, known };
}

const writableKeys = (owner: z.ZodType): string[] =>
  knownKeys(owner).filter((key) => {
    const value = shapeOf(owner)?.[key];
    return value === undefined || !isReadOnly(value);
  });
