import assert from 'node:assert/strict';
import { z } from 'zod';
import { readYaml } from '../../core/config/load-yaml.js';
import { formatProblem } from '../../core/config/problem.js';

const Schema = z.strictObject({
  name: z.string().min(2).max(5).optional(),
  port: z.int().min(1).max(100).optional(),
  mode: z.enum(['fast', 'slow']).optional(),
  on: z.boolean().optional(),
  tags: z.array(z.string()).max(2).optional(),
  url: z.url().optional(),
  text_or_list: z.union([z.string(), z.array(z.string())]).optional(),
  part: z
    .strictObject({
      message_type: z.string(),
      params: z.strictObject({ text: z.strictObject({ body: z.string() }).optional() }),
    })
    .optional(),
});

/** `line:column code message` of each problem. */
function wrong(
  text: string,
  options: Parameters<ReturnType<typeof readYaml>['documents'][0]['check']>[2] = {},
): string[] {
  const checked = readYaml('test.yaml', text).documents[0]!.check(Schema, [], options);
  return checked.ok
    ? []
    : checked.problems.map(
        ({ code, message, options: { place } }) => `${place?.line}:${place?.column} ${code} ${message}`,
      );
}

describe('problems of values in YAML', () => {
  const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
    [
      'an unknown key, with the nearest',
      'nmae: abc',
      '1:1 key_unknown "nmae" is not a key here. Did you mean "name"? What exists: name, port, mode, on, tags, url, text_or_list, part.',
    ],
    [
      'a key one level too high',
      'part: { message_type: text, params: { body: hi } }',
      '1:39 key_unknown "body" is not a key in part.params. Did you mean "params.text.body"? What exists: text.',
    ],
    [
      'a missing key, at what it is missing from',
      'name: abc\npart:\n  params: {}',
      '2:1 value_invalid part.message_type is missing. It takes text.',
    ],
    ['a list for a text', 'name: [a]', '1:1 value_invalid name is a list; it takes text.'],
    [
      'a map for a text or list',
      'text_or_list: { a: 1 }',
      '1:1 value_invalid text_or_list is a map of keys; it takes text or a list.',
    ],
    [
      'a word of no choice',
      'mode: fats',
      '1:7 value_invalid mode is "fats"; it takes one of: fast, slow. Did you mean "fast"?',
    ],
    ['yes for true', 'on: yes', '1:5 value_invalid on is "yes"; it takes true or false. Write true.'],
    ['a number too large', 'port: 4000', '1:7 value_invalid port is 4000; it may be at most 100.'],
    ['a broken number', 'port: 1.5', '1:7 value_invalid port is 1.5; it takes a whole number.'],
    ['a text too long', 'name: abcdefgh', '1:7 value_invalid name has 8 characters; it may have at most 5.'],
    ['an empty text', 'name: ""', '1:7 value_invalid name is empty; it needs at least 2 characters.'],
    ['nothing behind a key', 'name:', '1:6 value_invalid name is empty. Give it text.'],
    ['a list too long', 'tags: [a, b, c]', '1:1 value_invalid tags has 3 entries; it may have at most 2.'],
    ['an entry of a list', 'tags:\n  - a\n  - [b]', '3:5 value_invalid tags[1] is a list; it takes text.'],
    [
      'a text that is no URL',
      'url: here',
      '1:6 value_invalid url is "here"; it takes a URL such as https://example.org.',
    ],
  ];
  for (const [what, text, expected] of cases) {
    it(`say what was found and what is taken: ${what}`, () => assert.deepEqual(wrong(text), [expected]));
  }

  it('are all found at once', () => {
    assert.equal(wrong('name: [a]\nport: 4000\nmode: x\nnmae: 1\n').length, 4);
  });

  it('leave values with placeholders alone when they are filled in later', () => {
    const options = { placeholders: (text: string) => text.includes('{{') || text.startsWith('~~') };
    assert.deepEqual(
      wrong('port: "{{a}}"\nmode: "{{b}}"\nname: "{{a.long.path}}"\ntags: ~~x\non: ~~y\npart: ~~z\n', options),
      [],
    );
    assert.equal(wrong('port: 4000\nmode: "{{b}}"\n', options).length, 1);
  });

  it('take the code that the caller gives', () => {
    assert.match(wrong('port: 4000', { code: 'plugin_config_invalid' })[0]!, /^1:7 plugin_config_invalid /);
  });

  it('use the schema’s own words where it has some', () => {
    const schema = z.strictObject({ a: z.string().regex(/^x/, 'begin with x') });
    const checked = readYaml('test.yaml', 'a: y').documents[0]!.check(schema);
    assert.deepEqual(checked.ok ? [] : checked.problems.map(({ message }) => message), ['a: begin with x.']);
  });

  it('do not use zod’s words, even where a schema passes on the issues of another', () => {
    const schema = z.record(z.string(), z.unknown()).superRefine((value, context) => {
      const inner = z.strictObject({ a: z.number(), b: z.string() }).safeParse(value);
      for (const issue of inner.error?.issues ?? []) context.addIssue({ ...issue } as never);
    });
    const checked = readYaml('test.yaml', 'a: y\nb: 0825550101').documents[0]!.check(schema);
    assert.deepEqual(checked.ok ? [] : checked.problems.map(({ message }) => message), [
      'a is "y"; it takes a number.',
    ]);
  });

  it('print as file, line, column, code and message, with a caret under the place', () => {
    const checked = readYaml('some/test.yaml', 'name: abc\nport: 4000\n').documents[0]!.check(Schema);
    assert.ok(!checked.ok);
    assert.equal(
      formatProblem(checked.problems[0]!),
      'some/test.yaml:2:7 value_invalid port is 4000; it may be at most 100.\n    2 | port: 4000\n              ^',
    );
  });
});
