import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { readYaml } from '../../core/config/load-yaml.js';
import { formatProblem } from '../../core/config/problem.js';

/** `line:column code message` of everything wrong with a text, and with what it says where a schema is given. */
function wrong(text: string, schema: z.ZodType = z.unknown()): string[] {
  const { documents, problems } = readYaml('test.yaml', text);
  const checked = documents.map((document) => document.check(schema));
  return [...problems, ...checked.flatMap((each) => (each.ok ? [] : each.problems))].map(
    ({ code, message, options: { place } }) => `${place?.line}:${place?.column} ${code} ${message}`,
  );
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of the environment are written so
describe('YAML: slips of writing by hand', () => {
  const slips: readonly (readonly [what: string, text: string, place: string, fixed: string])[] = [
    ['a placeholder without quotes', 'body: {{stub.data.x}}', '1:7', 'body: "{{stub.data.x}}"'],
    [
      'a text that begins with a placeholder',
      'body: {{stub.data.x}} is here # note',
      '1:7',
      'body: "{{stub.data.x}} is here" # note',
    ],
    ['a placeholder inside { }', 'a: { value: {{stub.n}}, b: 1 }', '1:13', 'a: { value: "{{stub.n}}", b: 1 }'],
    ['a placeholder in a list', 'a:\n  - {{stub.n}}', '2:5', '- "{{stub.n}}"'],
    ['a text with a number sign', 'subject: Order #5', '1:16', 'subject: "Order #5"'],
    ['a text with a colon', 'key: a: b', '1:6', 'key: "a: b"'],
    ['an index in a reference inside [ ]', 'l: [~~a.b[0]]', '1:5', 'l: ["~~a.b[0]"]'],
    ['an index in a reference inside { }', 'l: { f: ~~a.b[0].c, d: 1 }', '1:9', 'l: { f: "~~a.b[0].c", d: 1 }'],
    ['bold text of WhatsApp', 'body: *Hello* you', '1:7', 'body: "*Hello* you"'],
    ['an at sign in front', 'body: @home', '1:7', 'body: "@home"'],
    ['an apostrophe in single quotes', "body: 'it's'", '1:7', 'body: "it\'s"'],
    ['a variable inside { }', 'http: { port: ${PORT:-1} }', '1:15', 'http: { port: "${PORT:-1}" }'],
    ['a text with both quotes and a colon', 'say: he said: "no"', '1:6', 'say: \'he said: "no"\''],
  ];
  for (const [what, text, place, fixed] of slips) {
    it(`shows the line quoted: ${what}`, () => {
      const [first, ...rest] = wrong(text);
      assert.deepEqual(rest, []);
      assert.ok(first!.startsWith(`${place} yaml_invalid `), first);
      assert.ok(first!.endsWith(`: ${fixed}`), first);
    });
  }

  it('leaves comments and quoted number signs alone', () => {
    assert.deepEqual(
      readYaml('test.yaml', 'a: text # comment\nb: "Order #5"\nc: a#b\nd: 5 #five\n').documents[0]!.value(),
      {
        a: 'text',
        b: 'Order #5',
        c: 'a#b',
        d: 5,
      },
    );
  });

  it('reports every slip of a file at once, and what the schema says of the rest', () => {
    const text = 'a: {{x}}\nb: y: z\nc: Order #5\nd: wrong\n';
    const schema = z.strictObject({ a: z.string(), b: z.string(), c: z.string(), d: z.number() });
    assert.deepEqual(
      wrong(text, schema).map((line) => line.slice(0, 4).trim()),
      ['1:4', '2:4', '3:10', '4:4'].map((place) => place.slice(0, 4)),
    );
  });

  it('says nothing of a slip where the line is broken in another way', () => {
    assert.match(wrong('a: { b: 1\nc: 2\n').join(), /yaml_invalid The bracket \{ that opens here is never closed/);
  });
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

describe('YAML: text that is none', () => {
  it('names a key that comes twice, and where it came first', () => {
    assert.deepEqual(wrong('a: 1\nb: 2\na: 3\n'), [
      '3:1 yaml_invalid The key "a" is given twice; the first one is on line 1. Keep one of them.',
    ]);
  });

  it('names a tab in the indentation', () => {
    assert.match(wrong('a:\n\t- b\n')[0]!, /^2:1 yaml_invalid The line is indented with a tab/);
  });

  it('names an indentation that fits nowhere', () => {
    assert.match(wrong('a:\n  b: 1\n c: 2\n')[0]!, /^3:\d+ yaml_invalid The indentation does not match/);
  });

  it('names a text that goes on as a map', () => {
    assert.match(
      wrong('a: hi\n  there: x\n')[0]!,
      /^2:3 yaml_invalid This line is indented as if it continued the value above it/,
    );
  });

  it('refuses __proto__ as a key', () => {
    assert.match(wrong('__proto__: { x: 1 }')[0]!, /"__proto__" cannot be a key/);
    assert.match(wrong('{"__proto__": {"x": 1}}')[0]!, /"__proto__" cannot be a key/);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a: ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '{{x}}',
      '\n',
      '  ',
      '\t',
      '"',
      "'",
      '#',
      ' #5',
      '*',
      '&a ',
      '<<: ',
      '---\n',
      '~~',
      ': ',
      '|',
      '!x ',
      '\r\n',
      '$' + '{X}',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 30 }), (pieces) => {
        const { documents, problems } = readYaml('test.yaml', pieces.join(''));
        for (const document of documents) document.check(z.strictObject({ a: z.string() }));
        for (const problem of problems) formatProblem(problem);
      }),
      { numRuns: 500 },
    );
  });
});
