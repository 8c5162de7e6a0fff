import { type ZodType, z } from 'zod';
import { type ErrorCode, StubwireError } from '../errors.js';
import { describeIssue, dotted, type SchemaIssue } from './describe-issue.js';
import { isOfOtherKind, ownWords } from './issue-words.js';
import { nearest } from './nearest.js';
import { isOptionalKey, knownKeys, nestedKey } from './schema-shape.js';
import { isSecretPath } from './source-text.js';
import type { Checked, CheckOptions, Path, YamlDocument } from './yaml-document.js';
import { numberIn, scalarValue, type YamlScalar } from './yaml-node.js';

type Issue = z.core.$ZodIssue;

/** Each round reads some scalars anew; what a round uncovers nests one level deeper, so a few are enough. */
const MAX_ROUNDS = 16;
/** What zod is told to say where the schema has no words of its own: then the words are ours. */
const NO_MESSAGE = '\u0000';

/** The ways to read a scalar other than as it looks. */
function reread(scalar: YamlScalar, issue: Issue, mayBeLeftOut: () => boolean): YamlScalar['readAs'] | undefined {
  if (scalar.readAs !== 'written') return undefined;
  // A key without a value is more likely unfinished, so it stays an error.
  const isNull = scalar.plain && scalar.source !== '' && scalarValue(scalar) === null;
  if (isNull && mayBeLeftOut()) return 'absent';
  const looksText = typeof scalarValue(scalar) === 'string';
  const unquoted = scalar.plain || scalar.fromVariable;
  if (issue.code === 'invalid_value') {
    return !looksText && issue.values.includes(scalar.source) ? 'text' : undefined;
  }
  if (issue.code !== 'invalid_type' || !unquoted) return undefined;
  // Nobody means the word: as text it would be sent to people, or become the name of something.
  const isNothing = scalarValue(scalar) === null && !scalar.fromVariable;
  if (issue.expected === 'string') return looksText || isNothing ? undefined : 'text';
  if (issue.expected === 'number' || issue.expected === 'int') {
    return looksText && numberIn(scalar.source) !== undefined ? 'number' : undefined;
  }
  const isBoolean = scalar.source === 'true' || scalar.source === 'false';
  return issue.expected === 'boolean' && looksText && isBoolean ? 'boolean' : undefined;
}

/** A scalar that would pass if it were read another way. */
interface Rereading {
  readonly scalar: YamlScalar;
  readonly readAs: YamlScalar['readAs'];
}
/** What is left of an issue after placeholders are let pass: nothing, another reading of a scalar, or issues. */
interface Finding {
  readonly issues: readonly SchemaIssue[];
  readonly rereadings: readonly Rereading[];
}

const NOTHING: Finding = { issues: [], rereadings: [] };

const joined = (findings: readonly Finding[]): Finding => ({
  issues: findings.flatMap((finding) => finding.issues),
  rereadings: findings.flatMap((finding) => finding.rereadings),
});

/** Takes the alternatives of a union apart and keeps the findings of the one that came nearest. */
function nearestBranch(
  issue: Issue & { code: 'invalid_union' },
  value: unknown,
  find: (issue: Issue) => Finding,
): Finding {
  const branches = issue.errors.map((branch) =>
    joined(branch.map((inner) => find({ ...inner, path: [...issue.path, ...inner.path] } as Issue))),
  );
  const here = (found: SchemaIssue) => found.path.length === issue.path.length && isOfOtherKind(found, value);
  const fitting = branches.filter((branch) => !branch.issues.some(here));
  const nearest = fitting.sort((a, b) => a.issues.length - b.issues.length)[0];
  if (nearest !== undefined) return nearest;
  // None takes a value of this kind: say what each would have taken.
  const expected = branches.flatMap((branch) =>
    branch.issues.filter(here).flatMap((found) => found.expected ?? found.values?.map(String) ?? []),
  );
  const issues = [{ code: 'invalid_type', path: issue.path, expected: [...new Set(expected)].join('|') }];
  return { issues, rereadings: [] };
}

/** If the key that selects a form is missing, an unknown key with a similar name is probably its misspelling. */
function misspeltChoice(
  { path }: Issue,
  shape: ZodType | undefined,
  written: readonly string[],
): SchemaIssue | undefined {
  const known = knownKeys(shape);
  const missing = String(path.at(-1));
  const key = written.find((each) => !known.includes(each) && nearest(each, known) === missing);
  return key === undefined
    ? undefined
    : { code: 'unrecognized_keys', path: path.slice(0, -1), keys: [key], ...(shape && { shape }) };
}

/** See `YamlDocument.check`. */
export function schemaProblems<Value>(
  document: YamlDocument,
  schema: ZodType<Value>,
  path: Path,
  options: CheckOptions,
): Checked<Value> {
  const shapes = new WeakMap<object, ZodType>();
  const error = (raw: z.core.$ZodRawIssue): string => {
    if (raw.code === 'unrecognized_keys' && raw.inst) shapes.set(raw.keys, raw.inst as ZodType);
    if (raw.code === 'invalid_union' && raw.inst) shapes.set(raw.errors, raw.inst as ZodType);
    return NO_MESSAGE;
  };
  for (let round = 1; ; round += 1) {
    const value = document.value(path);
    const result = schema.safeParse(value === undefined ? value : (options.reading?.(value) ?? value), { error });
    if (result.success) return { ok: true, value: result.data };
    const find = (issue: Issue): Finding => {
      const node = document.node([...path, ...issue.path]);
      if (node?.kind === 'scalar') {
        if (node.broken || options.placeholders?.(node.source)) return NOTHING;
        const readAs = round < MAX_ROUNDS ? reread(node, issue, () => isOptionalKey(schema, issue.path)) : undefined;
        if (readAs !== undefined) return { issues: [], rereadings: [{ scalar: node, readAs }] };
      }
      if (issue.code === 'invalid_union' && issue.errors.length > 0) {
        return nearestBranch(issue, document.value([...path, ...issue.path]), find);
      }
      if (issue.code === 'invalid_union' && node === undefined) {
        const misspelt = misspeltChoice(
          issue,
          shapes.get(issue.errors),
          document.keys([...path, ...issue.path.slice(0, -1)]),
        );
        if (misspelt !== undefined) return { issues: [misspelt], rereadings: [] };
      }
      const shape = issue.code === 'unrecognized_keys' ? shapes.get(issue.keys) : undefined;
      const message =
        issue.message === NO_MESSAGE ? undefined : ownWords(issue, document.value([...path, ...issue.path]));
      const inner = issue.code === 'invalid_key' ? { issues: issue.issues.map(unsaid) } : {};
      return { issues: [{ ...(issue as SchemaIssue), ...inner, message, shape }], rereadings: [] };
    };
    const { issues, rereadings } = joined(result.error.issues.map(find));
    if (rereadings.length > 0) {
      for (const { scalar, readAs } of rereadings) scalar.readAs = readAs;
      continue;
    }
    // Only placeholders stood in the way: what was written is what there is to know for now.
    if (issues.length === 0) return { ok: true, value: document.value(path) as Value };
    const isMissing = (issue: SchemaIssue): boolean => document.node([...path, ...issue.path]) === undefined;
    const told = joinedMissing(
      issues
        .filter((issue) => issue.code === 'invalid_type' || !hasWrongType(issue.path, issues))
        .filter((issue) => !isMissing(issue) || !isMeant(issue.path, issues)),
      isMissing,
    );
    return { ok: false, problems: told.flatMap((issue) => toProblems(document, path, issue, options.code)) };
  }
}

const unsaid = (issue: Issue): SchemaIssue => ({
  ...(issue as SchemaIssue),
  message: issue.message === NO_MESSAGE ? undefined : issue.message,
});

/** Zod goes on to count the letters of a list: what is of the wrong type needs no other complaint. */
const hasWrongType = (path: Path, issues: readonly SchemaIssue[]): boolean =>
  issues.some((issue) => issue.code === 'invalid_type' && dotted(issue.path) === dotted(path));

/** What is missing only because its key is misspelt is told with that key. */
const isMeant = (path: readonly PropertyKey[], issues: readonly SchemaIssue[]): boolean =>
  issues.some(
    (issue) =>
      issue.code === 'unrecognized_keys' &&
      dotted(issue.path) === dotted(path.slice(0, -1)) &&
      (issue.keys ?? []).some((key) => keyMeant(issue.shape, key) === path.at(-1)),
  );

/** Where one key is unknown and one is missing, that is one mistake, and told once. */
function joinedMissing(issues: readonly SchemaIssue[], isMissing: (issue: SchemaIssue) => boolean): SchemaIssue[] {
  const joinedTo = new Map<SchemaIssue, SchemaIssue>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys' || issue.keys?.length !== 1) continue;
    const [missing, ...more] = issues.filter(
      (other) => isMissing(other) && dotted(other.path.slice(0, -1)) === dotted(issue.path),
    );
    if (missing !== undefined && more.length === 0) joinedTo.set(issue, missing);
  }
  const told = new Set(joinedTo.values());
  return issues
    .filter((issue) => !told.has(issue))
    .map((issue) => {
      const missing = joinedTo.get(issue)?.path.at(-1);
      return missing === undefined ? issue : { ...issue, missing: String(missing) };
    });
}

function keyMeant(shape: ZodType | undefined, key: string): string | undefined {
  return nearest(key, knownKeys(shape)) ?? nestedKey(shape, key, [])?.split('.')[0];
}

function toProblems(document: YamlDocument, base: Path, issue: SchemaIssue, code?: ErrorCode): StubwireError[] {
  const path = [...base, ...issue.path];
  const node = document.node(path);
  const hidden = document.source.hidesSecrets && isSecretPath(path);
  const around = document.value(path.slice(0, -1));
  return describeIssue({ issue, path: document.named(path), node, hidden, around }).map((described) => {
    const problemCode = code || described.code;
    const at = described.key === undefined ? path : [...path, described.key];
    return document.problem(problemCode, described.message, at, described.at);
  });
}
