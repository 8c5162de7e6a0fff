import type { ZodType } from 'zod';
import type { Json } from '../contract/json.js';
import { type ErrorCode, type Place, StubwireError } from '../errors.js';
import { schemaProblems } from './schema-problems.js';
import { isSecretPath, type SourceText } from './source-text.js';
import { childOf, dataOf, type YamlNode } from './yaml-node.js';

export type Path = readonly PropertyKey[];

/** The outcome of a check: the value, or everything that is wrong with it. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly StubwireError[] };

export interface CheckOptions {
  /** Leave alone what is wrong with values that hold a placeholder: they are checked once it is filled in. */
  readonly placeholders?: (text: string) => boolean;
  /** What of the data is held against the schema; default: all of it. */
  readonly reading?: (value: Json) => Json;
  /** The code for every problem, instead of `key_unknown` and `value_invalid`. */
  readonly code?: ErrorCode;
}

/** One document of a YAML file: its data, with the place of each key and value. */
export class YamlDocument {
  constructor(
    readonly source: SourceText,
    readonly root: YamlNode,
  ) {}

  get file(): string {
    return this.source.file;
  }

  /** Whether a part of it could not be read: its problem is told with the file's, and something else stands in for it. */
  get isBroken(): boolean {
    return hasBroken(this.root);
  }

  /** The node at a path of keys and indexes, if there is one. */
  node(path: Path = []): YamlNode | undefined {
    let node: YamlNode | undefined = this.root;
    for (const key of path) node = node && childOf(node, key);
    return node;
  }

  /** The data at a path; `undefined` where nothing is. Scalars are read as the checks so far found them to be meant. */
  value(path: Path = []): Json | undefined {
    const node = this.node(path);
    return node && dataOf(node);
  }

  /** A path as its author names what is on the way: the platform's export has ids for keys, and the names in `__key`. */
  named(path: Path): Path {
    return path.map((key, at) => {
      const own = this.node([...path.slice(0, at + 1), '__key']);
      return own?.kind === 'scalar' ? own.source : key;
    });
  }

  /** The keys of a map in the order of the file (a JavaScript object puts `1` before `a`). */
  keys(path: Path): readonly string[] {
    const node = this.node(path);
    return node?.kind === 'map' ? [...node.entries.keys()] : [];
  }

  /** Where the value at a path stands, or its key. Where nothing is: the nearest thing around it. */
  place(path: Path = [], at: 'value' | 'key' = 'value'): Place {
    let node = this.root;
    let offset = node.start;
    for (const key of path) {
      const keyStart = node.kind === 'map' ? node.entries.get(String(key))?.keyStart : undefined;
      const child = childOf(node, key);
      // What is missing from a map is shown at the key of that map.
      if (child === undefined) break;
      offset = keyStart !== undefined && (at === 'key' || child.kind !== 'scalar') ? keyStart : child.start;
      node = child;
    }
    return this.source.place(offset, this.source.hidesSecrets && isSecretPath(path));
  }

  problem(code: ErrorCode, message: string, path: Path, at: 'value' | 'key' = 'value'): StubwireError {
    return new StubwireError(code, message, { place: this.place(path, at) });
  }

  /**
   * Holds what stands at a path against a schema. Where the schema expects text, the text as written is taken: a phone
   * number keeps its `+` and its zeros. Every problem of the whole is found, each with its place.
   */
  check<Value>(schema: ZodType<Value>, path: Path = [], options: CheckOptions = {}): Checked<Value> {
    if (this.value(path) === null) {
      // `log:` with nothing behind it is `log: {}`.
      const empty = schema.safeParse({});
      if (empty.success) return { ok: true, value: empty.data };
    }
    return schemaProblems(this, schema, path, options);
  }
}

function hasBroken(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.broken;
  const parts = node.kind === 'list' ? node.items : [...node.entries.values()].map((entry) => entry.node);
  return parts.some(hasBroken);
}
