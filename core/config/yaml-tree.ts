import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, Scalar } from 'yaml';
import { StubwireError } from '../errors.js';
import type { SourceText } from './source-text.js';
import { plainValue, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from './yaml-node.js';
import { lostComment } from './yaml-slips.js';

/** Nodes of one file after its aliases are unfolded, and how deep they may nest: bounds for what a small file can become. */
const MAX_NODES = 100_000;
const MAX_DEPTH = 64;

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

/** Turns parsed documents of one file into nodes: aliases unfolded, `<<` merged, keys that come twice reported. */
export class YamlTree {
  readonly problems: StubwireError[] = [];
  private readonly anchors = new Map<string, ParsedNode>();
  private count = 0;

  constructor(private readonly source: SourceText) {}

  build(document: Document.Parsed): YamlNode | undefined {
    this.anchors.clear();
    return document.contents === null ? undefined : this.node(document.contents, 0);
  }

  private node(node: ParsedNode, depth: number): YamlNode {
    this.count += 1;
    if (this.count > MAX_NODES || depth > MAX_DEPTH) {
      const found = depth > MAX_DEPTH ? `nests deeper than ${MAX_DEPTH} levels` : `unfolds to over ${MAX_NODES} values`;
      const message = `This ${found} (aliases and merges count each time). Split the file, or nest and repeat less.`;
      throw new StubwireError('yaml_too_large', message, { place: this.source.place(offsetOf(node)) });
    }
    const built = this.built(node, depth);
    // Known only once it is complete, so that an alias inside its own anchor is unknown rather than endless.
    if (!isAlias(node) && node.anchor !== undefined) this.anchors.set(node.anchor, node);
    return built;
  }

  private built(node: ParsedNode, depth: number): YamlNode {
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (target !== undefined) return this.node(target, depth);
      const known = [...this.anchors.keys()].map((name) => `&${name}`).join(', ') || 'none';
      this.report(
        offsetOf(node),
        `*${node.source} refers to an anchor &${node.source}, and there is no such anchor above (known: ${known}). ` +
          `If it is text, write it in quotes: "*${node.source}".`,
      );
      return { ...this.scalar(new Scalar(''), offsetOf(node)), broken: true };
    }
    if (isMap(node)) return this.map(node.items as Pair<ParsedNode, ParsedNode | null>[], offsetOf(node), depth);
    if (isSeq(node)) {
      const items = (node.items as ParsedNode[]).map((item) => this.node(item, depth + 1));
      return { kind: 'list', start: offsetOf(node), items };
    }
    return this.scalar(node, offsetOf(node));
  }

  private scalar(node: Scalar, start: number): YamlScalar {
    const source = node.source ?? '';
    const plain = node.type === undefined || node.type === Scalar.PLAIN;
    if (plain && typeof plainValue(source) === 'string') this.refuseLostComment(node);
    const isText = node.tag === 'tag:yaml.org,2002:str';
    return {
      kind: 'scalar',
      start,
      source,
      written: source,
      plain: plain && !isText,
      fromVariable: false,
      broken: false,
      readAs: 'written',
    };
  }

  private map(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], start: number, depth: number): YamlMap {
    const entries = new Map<string, YamlEntry>();
    const merged: YamlMap[] = [];
    for (const { key, value } of pairs) {
      const keyStart = offsetOf(key);
      const name = isScalar(key) ? (key.source ?? '') : '';
      const node = value === null ? this.scalar(new Scalar(''), keyStart) : this.node(value, depth + 1);
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) merged.push(...this.mergeable(node, keyStart));
      else if (name === '__proto__') this.report(keyStart, '"__proto__" cannot be a key. Choose another name.');
      else if (entries.has(name)) this.reportTwice(name, keyStart, entries.get(name)!.keyStart);
      else entries.set(name, { keyStart, node });
    }
    for (const map of merged) {
      for (const [name, entry] of map.entries) if (!entries.has(name)) entries.set(name, entry);
    }
    return { kind: 'map', start, entries };
  }

  private mergeable(node: YamlNode, keyStart: number): YamlMap[] {
    const parts = node.kind === 'list' ? node.items : [node];
    const maps = parts.filter((part) => part.kind === 'map');
    if (maps.length < parts.length)
      this.report(keyStart, '<< merges maps: give it *name of a map, or a list of those.');
    return maps;
  }

  private refuseLostComment(node: Scalar): void {
    const end = node.range?.[1];
    if (end === undefined || !/^[ \t]+#[^\s#]/.test(this.source.text.slice(end, end + 200))) return;
    const line = this.source.lines[this.source.lineAt(end) - 1]!;
    const hash = this.source.text.indexOf('#', end);
    const place = this.source.place(hash);
    const slip = lostComment(line, place.column! - 1);
    const message = `${slip.cause}. As text: ${slip.fixed.trim()}`;
    this.problems.push(new StubwireError('yaml_invalid', capital(message), { place }));
  }

  private reportTwice(name: string, offset: number, first: number): void {
    const line = this.source.lineAt(first);
    this.report(offset, `The key "${name}" is given twice; the first one is on line ${line}. Keep one of them.`);
  }

  private report(offset: number, message: string): void {
    this.problems.push(new StubwireError('yaml_invalid', message, { place: this.source.place(offset) }));
  }
}

export const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
