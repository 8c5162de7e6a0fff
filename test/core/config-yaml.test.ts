import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { loadYaml, MAX_YAML_BYTES, readYaml } from '../../core/config/load-yaml.js';
import { formatProblem } from '../../core/config/problem.js';
import type { YamlDocument } from '../../core/config/yaml-document.js';

function documentOf(text: string): YamlDocument {
  const { documents, problems } = readYaml('test.yaml', text);
  assert.deepEqual(problems, []);
  return documents[0]!;
}

/** The data, where nothing is expected. */
const read = (text: string): unknown => documentOf(text).value();

/** `line:column code message` of everything wrong with a text, and with what it says where a schema is given. */
function wrong(text: string, schema: z.ZodType = z.unknown()): string[] {
  const { documents, problems } = readYaml('test.yaml', text);
  const checked = documents.map((document) => document.check(schema));
  return [...problems, ...checked.flatMap((each) => (each.ok ? [] : each.problems))].map(
    ({ code, message, options: { place } }) => `${place?.line}:${place?.column} ${code} ${message}`,
  );
}

function checked<Value>(text: string, schema: z.ZodType<Value>): Value {
  const result = documentOf(text).check(schema);
  assert.ok(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result.value;
}

describe('YAML: what a scalar is', () => {
  it('takes the text as written where text is expected', () => {
    const Texts = z.record(z.string(), z.string());
    const text = 'a: +27825550101\nb: 0825550101\nc: 1\nd: 12345678901234567890\ne: true\nf: 1.50\ng: 0x1F\n';
    assert.deepEqual(checked(text, Texts), {
      a: '+27825550101',
      b: '0825550101',
      c: '1',
      d: '12345678901234567890',
      e: 'true',
      f: '1.50',
      g: '0x1F',
    });
  });

  it('refuses null where text is expected, and takes the word in quotes', () => {
    const Text = z.strictObject({ a: z.string() });
    for (const nothing of ['null', '~', 'NULL']) {
      assert.match(
        wrong(`a: ${nothing}\n`, Text)[0]!,
        new RegExp(`^1:4 value_invalid a is ${nothing}; it takes text\\. If you mean the word, write "${nothing}"\\.$`),
      );
    }
    assert.deepEqual(checked('a: "null"\n', Text), { a: 'null' });
  });

  it('takes the text as written in the text branch of a union and in lists', () => {
    const Conditions = z.union([z.string(), z.array(z.string())]);
    assert.equal(checked('5', Conditions), '5');
    assert.deepEqual(checked('[1, 0825550101]', Conditions), ['1', '0825550101']);
  });

  it('reads a scalar another way only for the branch of a union that it fits', () => {
    const Either = z.union([
      z.strictObject({ kind: z.literal('a'), n: z.string() }),
      z.strictObject({ kind: z.literal('b'), n: z.number(), m: z.string() }),
    ]);
    assert.deepEqual(checked('{ kind: b, n: 5, m: 6 }', Either), { kind: 'b', n: 5, m: '6' });
  });

  it('keeps numbers, truth values and nothing where anything goes', () => {
    assert.deepEqual(read('a: 1\nb: -2.5\nc: true\nd: null\ne:\nf: 1e3\n'), {
      a: 1,
      b: -2.5,
      c: true,
      d: null,
      e: null,
      f: 1000,
    });
  });

  it('loses no digit of a phone number or a long id where anything goes', () => {
    assert.deepEqual(read('a: +27825550101\nb: 0825550101\nc: 12345678901234567890\n'), {
      a: '+27825550101',
      b: '0825550101',
      c: '12345678901234567890',
    });
  });

  it('reads +5 and 007 as numbers where a number is expected', () => {
    assert.deepEqual(checked('a: +5\nb: 007\n', z.record(z.string(), z.number())), { a: 5, b: 7 });
  });

  it('takes a quoted number for text', () => {
    assert.deepEqual(wrong('a: "5"', z.strictObject({ a: z.number() })), [
      '1:4 value_invalid a is "5"; it takes a number. Remove the quotes.',
    ]);
  });

  it('reads JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__') && !/\d{16}|e[+-]/.test(text) && text !== 'null');
        assert.deepEqual(read(text), JSON.parse(text));
      }),
      { numRuns: 50 },
    );
  });

  it('gives text as written back for every phone number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[+0]?[0-9]{4,20}$/), (number) => {
        assert.equal(checked(`a: ${number}`, z.strictObject({ a: z.string() })).a, number);
      }),
    );
  });
});

describe('YAML: merge keys and aliases', () => {
  it('merges << and lets the map’s own keys win, wherever they stand', () => {
    assert.deepEqual(read('base: &b { x: 1, y: 2 }\nmine:\n  y: 3\n  <<: *b\n'), {
      base: { x: 1, y: 2 },
      mine: { y: 3, x: 1 },
    });
  });

  it('merges a list of maps, the first one winning', () => {
    assert.deepEqual(read('- &a { x: 1 }\n- &b { x: 2, y: 2 }\n- <<: [*a, *b]\n'), [
      { x: 1 },
      { x: 2, y: 2 },
      { x: 1, y: 2 },
    ]);
  });

  it('refuses aliases that unfold to more than a file may hold', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`);
    assert.match(wrong(lines.join('\n'))[0]!, /yaml_too_large This unfolds to over 100000 values/);
  });

  it('refuses an alias inside its own anchor', () => {
    assert.match(
      wrong('a: &a\n  b: *a\n')[0]!,
      /2:6 yaml_invalid \*a refers to an anchor &a, and there is no such anchor above/,
    );
  });

  it('refuses nesting without end', () => {
    assert.match(wrong(`${'['.repeat(200)}${']'.repeat(200)}`)[0]!, /yaml_too_large This nests deeper than 64 levels/);
    for (const piece of ['[', '{a: ', '- ', '? ']) {
      assert.match(wrong(piece.repeat(100_000))[0]!, /yaml_too_large This nests deeper than 500/);
    }
  });
});

describe('YAML: files', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stubwire-yaml-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const problemOf = (name: string, content?: string | Buffer): string => {
    const file = join(folder, name);
    if (content !== undefined) writeFileSync(file, content);
    const { documents, problems } = loadYaml(file);
    assert.deepEqual(documents, []);
    return `${problems[0]!.code} ${problems[0]!.message}`;
  };

  it('says that a file does not exist', () => {
    assert.match(problemOf('none.yaml'), /^file_unreadable Cannot read .*none\.yaml: it does not exist/);
  });

  it('refuses a file of over 1 MB', () => {
    assert.match(problemOf('big.yaml', 'a'.repeat(MAX_YAML_BYTES + 1)), /^yaml_too_large .* at most 1000000 are read/);
  });

  it('refuses a file that is not UTF-8', () => {
    assert.match(problemOf('latin.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9])), /^yaml_invalid .* is not UTF-8/);
  });

  it('reads several documents of one file, each with its places', () => {
    const { documents } = readYaml('test.yaml', 'a: 1\n---\nb: x\n');
    assert.deepEqual(
      documents.map((document) => document.value()),
      [{ a: 1 }, { b: 'x' }],
    );
    assert.equal(documents[1]!.place(['b']).line, 3);
  });

  it('reads lines that end with carriage return and line feed', () => {
    const document = documentOf('a: 1\r\nb:\r\n  c: x\r\n');
    assert.deepEqual(document.value(), { a: 1, b: { c: 'x' } });
    assert.deepEqual(document.place(['b', 'c']), { file: 'test.yaml', line: 3, column: 6, excerpt: '  c: x' });
  });
});
