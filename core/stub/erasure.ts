import type { FileObject, Stub, Stubpost } from '../contract/stub.js';
import type { ErasedPerson } from './contact-record.js';

/** What stands where something personal stood. */
export const ERASED = '[erased]';

/** Names shorter than this are parts of too many other words. */
const SHORTEST_NAME = 3;
/** A stub's data that repeats a message of this length word by word is that message. */
const SHORTEST_MESSAGE = 12;
const DEEPEST = 64;

/** Replaces what tells who a person is, in any text; the same text where there is nothing of them. */
export type Redact = (text: string) => string;

/** Replaces the addresses and the full name of a person wherever they stand in a text as a whole word. */
export function redacting({ names, points }: Pick<ErasedPerson, 'names' | 'points'>): Redact {
  const words = [
    ...points.map(({ contact }) => contact),
    ...names.filter((name) => name.trim().length >= SHORTEST_NAME).map((name) => name.trim()),
  ];
  if (words.length === 0) return (text) => text;
  const any = words
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])\\+?(?:${any})(?![\\p{L}\\p{N}])`, 'giu');
  return (text) => text.replace(pattern, ERASED);
}

/** Every text of a value redacted, keys of maps too. The same value where nothing was. */
export function redacted<Value>(value: Value, redact: Redact, depth = 0): Value {
  if (typeof value === 'string') return redact(value) as Value;
  if (typeof value === 'number') return (redact(String(value)) === String(value) ? value : ERASED) as Value;
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => redacted(item, redact, depth + 1));
    return (items.some((item, at) => item !== value[at]) ? items : value) as Value;
  }
  const entries = Object.entries(value).map(([key, item]) => [redact(key), redacted(item, redact, depth + 1)] as const);
  const isSame = entries.every(([key, item]) => (value as { [key: string]: unknown })[key] === item);
  return (isSame ? value : Object.fromEntries(entries)) as Value;
}

const isTheirs = ({ posted_by: by }: Stubpost, { ids }: ErasedPerson): boolean =>
  ids.includes(by.contactuuid ?? '') || ids.includes(by.on_behalf_of ?? '');

export interface ErasedPost {
  readonly post: Stubpost;
  /** What they wrote, to be looked for in the stub's data. */
  readonly message?: string;
  readonly files: readonly FileObject[];
}

/** A stubpost without the person: of theirs the shape stays and no word; of others' what names them goes. Undefined where nothing is to do. */
export function erasedPost(post: Stubpost, person: ErasedPerson, redact: Redact): ErasedPost | undefined {
  if (post.erased) return undefined;
  if (!isTheirs(post, person)) {
    const after = redacted(post, redact);
    return after === post ? undefined : { post: after, files: [] };
  }
  const { routing: _, ...rest } = post;
  const tasks = Object.entries(post.tasks).map(([key, { payload: _, error, ...task }]) => [
    key,
    { ...task, ...(error && { error: { code: error.code, message: ERASED } }) },
  ]);
  const shape: Stubpost = {
    ...redacted(rest, redact),
    message: '',
    data: {},
    attachments: [],
    tasks: Object.fromEntries(tasks),
    erased: true,
  };
  return { post: shape, message: post.message, files: post.attachments };
}

/** The stub without the person: no list has them, and no text names them or repeats what they wrote. */
export function erasedStub(stub: Stub, person: ErasedPerson, redact: Redact, said: readonly ErasedPost[]): Stub {
  const words = new Set(
    said.map(({ message = '' }) => message).filter((message) => message.length >= SHORTEST_MESSAGE),
  );
  const theirs = new Set(said.flatMap(({ files }) => files.map(({ fileuuid }) => fileuuid)));
  const both: Redact = (text) => (words.has(text) ? ERASED : redact(text));
  const lists = Object.entries(stub.contact_lists).map(([list, { contactuuids }]) => [
    list,
    { contactuuids: contactuuids.filter((id) => !person.ids.includes(id)) },
  ]);
  return {
    ...stub,
    subject: both(stub.subject),
    data: redacted(stub.data, both),
    links: redacted(stub.links, both),
    attachments: stub.attachments.filter(({ fileuuid }) => !theirs.has(fileuuid)),
    contact_lists: Object.fromEntries(lists),
  };
}
