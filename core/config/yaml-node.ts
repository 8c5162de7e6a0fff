import type { Json } from '../contract/json.js';

/** A piece of YAML: its value, and where it stands. Offsets count into the text of the file. */
export type YamlNode = YamlScalar | YamlMap | YamlList;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly start: number;
  /** The text as written, without quotes; variables of the environment are already filled in. */
  source: string;
  /** What the file says, before variables were filled in. */
  readonly written: string;
  /** Written without quotes, so that it may be a number, `true`, `false` or nothing. */
  readonly plain: boolean;
  /** Text from the environment has no quotes of its own: it may be a number too. */
  fromVariable: boolean;
  /** Set when the value cannot be known (a missing variable): problems of it are not reported a second time. */
  broken: boolean;
  /** What the schema expects here; `absent`: `null` under an optional key, which counts as left out. */
  readAs: 'written' | 'text' | 'number' | 'boolean' | 'absent';
}

export interface YamlEntry {
  readonly keyStart: number;
  readonly node: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly start: number;
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlList {
  readonly kind: 'list';
  readonly start: number;
  readonly items: readonly YamlNode[];
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const ANY_NUMBER = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$|^0x[0-9a-fA-F]+$|^0o[0-7]+$/;

/** The number that a text spells, where one is expected: `+5`, `007` and `0x1F` count too. */
export function numberIn(source: string): number | undefined {
  const number = ANY_NUMBER.test(source) ? Number(source) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/**
 * What an unquoted text is where nothing says what is expected. Only what JSON would write as a number is one, and only
 * if no digit of it gets lost: `+27825550101`, `0825550101` and ids of 20 digits stay text.
 */
export function plainValue(source: string): Json {
  if (source === '' || /^(?:~|null|Null|NULL)$/.test(source)) return null;
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  if (!JSON_NUMBER.test(source)) return source;
  const number = Number(source);
  const kept = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return kept ? number : source;
}

export function scalarValue(scalar: YamlScalar): Json {
  switch (scalar.readAs) {
    case 'text':
      return scalar.source;
    case 'number':
      return numberIn(scalar.source) ?? scalar.source;
    case 'boolean':
      return scalar.source === 'true';
    case 'absent':
      return null;
    case 'written':
      return scalar.plain ? plainValue(scalar.source) : scalar.source;
  }
}

const isAbsent = (node: YamlNode): boolean => node.kind === 'scalar' && node.readAs === 'absent';

/** The plain data of a node, as far as it is known how its scalars are to be read. */
export function dataOf(node: YamlNode): Json {
  switch (node.kind) {
    case 'scalar':
      return scalarValue(node);
    case 'list':
      return node.items.map(dataOf);
    case 'map':
      return Object.fromEntries(
        [...node.entries].filter(([, entry]) => !isAbsent(entry.node)).map(([key, entry]) => [key, dataOf(entry.node)]),
      );
  }
}

/** The child that a key or an index leads to. */
export function childOf(node: YamlNode, key: PropertyKey): YamlNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(key))?.node;
  return node.kind === 'list' ? node.items[Number(key)] : undefined;
}
