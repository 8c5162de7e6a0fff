import type { Json, JsonObject } from '../contract/json.js';
import type { FileObject, Problem, Stub, Stubpost } from '../contract/stub.js';
import type { ErasedPerson } from './contact-record.js';
import { ERASED, type Redact, redacted, redacting } from './erasure.js';

/** What they wrote is looked for inside other texts from this length on; shorter words stand there by chance. */
const SHORTEST_PART = 12;
/** As a whole text it counts from this length on, and with a digit (a code, an amount) at any. */
const SHORTEST_WHOLE = 5;

/**
 * Whether a stubpost is the person's. Either it names their contact, or it came from one of their addresses after the contact
 * was deleted, and so names no contact.
 */
export function isTheirs({ posted_by: by, routing, data }: Stubpost, { ids, points }: ErasedPerson): boolean {
  const author = by.contactuuid ?? by.on_behalf_of;
  if (author !== undefined) return ids.includes(by.contactuuid ?? '') || ids.includes(by.on_behalf_of ?? '');
  return routing !== undefined && points.some(({ contact }) => hasLeaf(data, contact));
}

function hasLeaf(value: Json | undefined, text: string): boolean {
  if (typeof value !== 'object' || value === null) return value === text;
  return Object.values(value).some((item) => hasLeaf(item as Json, text));
}

export interface ErasedLog {
  readonly stub: Stub;
  /** Those that changed. */
  readonly posts: readonly Stubpost[];
  /** What they sent along. */
  readonly files: readonly FileObject[];
  /** LIDs that their runs made. */
  readonly lids: readonly string[];
}

/** A stub and a part of its log without the person: of theirs the shape stays and no word; of others' what names or repeats them goes. */
export function erasedLog(stub: Stub, posts: readonly Stubpost[], person: ErasedPerson): ErasedLog {
  const names = redacting(person);
  const theirs = posts.filter((post) => isTheirs(post, person) && !post.erased);
  const redact = withWords(
    names,
    theirs.flatMap(({ message, data }) => [
      message,
      ...Object.values(data).filter((value) => typeof value === 'string'),
    ]),
  );
  const others = posts
    .filter((post) => !isTheirs(post, person) && !post.erased)
    .map((post) => [post, redacted(post, redact)] as const)
    .filter(([before, after]) => before !== after);
  return {
    stub: erasedStub(stub, person, redact, theirs),
    posts: [...theirs.map((post) => shapeOf(post, names)), ...others.map(([, after]) => after)],
    files: theirs.flatMap(({ attachments }) => attachments),
    lids: theirs.flatMap(({ tasks }) => Object.values(tasks).flatMap(({ payload }) => lidOf(payload))),
  };
}

/** What they wrote and what they gave for a field. */
function withWords(names: Redact, said: readonly string[]): Redact {
  const whole = new Set(said.filter((text) => text.length >= SHORTEST_WHOLE || /\d/.test(text)));
  const parts = said.filter((text) => text.length >= SHORTEST_PART).sort((a, b) => b.length - a.length);
  return (text) =>
    whole.has(text) ? ERASED : names(parts.reduce((rest, part) => rest.replaceAll(part, ERASED), text));
}

const lidOf = (payload: unknown): string[] => {
  const { lid } = (typeof payload === 'object' && payload !== null ? payload : {}) as { lid?: unknown };
  return typeof lid === 'string' ? [lid] : [];
};

/** Codes say what happened, sentences may repeat what was posted. */
const wordless = (problem: Problem): Problem => ({ code: problem.code, message: ERASED });

const eachOf = <Value, Result>(map: { readonly [key: string]: Value }, change: (value: Value) => Result) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));

function shapeOf(post: Stubpost, redact: Redact): Stubpost {
  const { routing: _, refused, to_state_errors: errors, ...rest } = post;
  return {
    ...redacted(rest, redact),
    message: '',
    data: {},
    attachments: [],
    tasks: eachOf(post.tasks, ({ payload: _, error, ...task }) => ({
      ...task,
      ...(error && { error: wordless(error) }),
    })),
    notifications: eachOf(post.notifications, ({ error, ...rest }) => ({
      ...rest,
      ...(error && { error: wordless(error) }),
    })),
    ...(errors && { to_state_errors: eachOf(errors, wordless) }),
    ...(refused && { refused: wordless(refused) }),
    erased: true,
  };
}

/** The stub without the person: no list has them, what they posted is gone, and no text names them or repeats what they wrote. */
function erasedStub(stub: Stub, person: ErasedPerson, redact: Redact, theirs: readonly Stubpost[]): Stub {
  const sent = new Set(theirs.flatMap(({ attachments }) => attachments.map(({ fileuuid }) => fileuuid)));
  const { program } = stub;
  return {
    ...stub,
    subject: redact(stub.subject),
    data: redacted(
      theirs.reduce((data, post) => withoutPosted(data, post.data), stub.data),
      redact,
    ),
    links: redacted(stub.links, redact),
    program: redacted(program, redact),
    attachments: redacted(
      stub.attachments.filter(({ fileuuid }) => !sent.has(fileuuid)),
      redact,
    ),
    contact_lists: eachOf(stub.contact_lists, ({ contactuuids }) => ({
      contactuuids: contactuuids.filter((id) => !person.ids.includes(id)),
    })),
    ...(stub.timers && { timers: redacted(stub.timers, redact) }),
  };
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The data without the values that were posted and have not been replaced since. */
function withoutPosted(data: JsonObject, posted: JsonObject): JsonObject {
  const all = Object.entries(data) as [string, Json][];
  const entries = all.flatMap(([key, value]): [string, Json][] => {
    const given = Object.hasOwn(posted, key) ? posted[key] : undefined;
    if (given === undefined) return [[key, value]];
    if (JSON.stringify(given) === JSON.stringify(value)) return [];
    return [[key, isMap(given) && isMap(value) ? withoutPosted(value, given) : value]];
  });
  return entries.length === all.length && entries.every(([key, value]) => data[key] === value)
    ? data
    : Object.fromEntries(entries);
}
