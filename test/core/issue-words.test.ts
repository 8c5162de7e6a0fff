import assert from 'node:assert/strict';
import { z } from 'zod';
import { readYaml } from '../../core/config/load-yaml.js';
import { readValue } from '../../core/config/read-value.js';
import { valueProblem } from '../../core/config/value-problem.js';
import { validationError } from '../../core/http/validation.js';

/** One schema that refuses a value, for each kind of issue that zod has. */
const KINDS: { readonly [Code in z.core.$ZodIssueCode]: readonly (readonly [z.ZodType, unknown])[] } = {
  invalid_type: [
    [z.string(), 5],
    [z.string(), null],
    [z.number(), 'twelve'],
    [z.number(), ''],
    [z.int(), 1.5],
    [z.boolean(), 'perhaps'],
    [z.array(z.string()), 'a'],
    [z.strictObject({}), 'a'],
    [z.record(z.string(), z.string()), []],
    [z.coerce.number(), 'a'],
    [z.undefined(), 1],
    [z.date(), 'a'],
  ],
  too_small: [
    [z.string().min(1), ''],
    [z.string().min(3), 'ab'],
    [z.string().length(3), 'ab'],
    [z.number().min(1), 0],
    [z.number().positive(), 0],
    [z.array(z.string()).min(1), []],
    [z.array(z.string()).nonempty(), []],
  ],
  too_big: [
    [z.string().max(2), 'secret words'],
    [z.number().max(200), 500],
    [z.number().lt(200), 200],
    [z.array(z.string()).max(1), ['a', 'b']],
  ],
  invalid_format: [
    [z.string().regex(/^a$/), 'secret words'],
    [z.url(), 'secret words'],
    [z.email(), 'secret words'],
    [z.uuid(), 'secret words'],
    [z.iso.date(), 'secret words'],
    [z.iso.datetime(), 'secret words'],
    [z.base64(), 'secret words'],
    [z.string().startsWith('a'), 'secret words'],
    [z.string().includes('z'), 'secret words'],
  ],
  not_multiple_of: [[z.number().multipleOf(5), 7]],
  unrecognized_keys: [[z.strictObject({ name: z.string() }), { name: 'a', nane: 'b' }]],
  invalid_union: [
    [z.union([z.string(), z.array(z.string())]), 5],
    [z.union([z.number(), z.literal(false)]), 'secret words'],
    [z.discriminatedUnion('type', [z.object({ type: z.literal('a') }), z.object({ type: z.literal('b') })]), {}],
    [z.discriminatedUnion('type', [z.object({ type: z.literal('a') })]), { type: 'c' }],
    [z.xor([z.string(), z.string()]), 'secret words'],
  ],
  invalid_key: [
    [z.record(z.string().max(2), z.unknown()), { long: 1 }],
    [z.record(z.string().regex(/^a$/), z.unknown()), { b: 1 }],
  ],
  invalid_element: [
    [z.set(z.string()), new Set([1])],
    [z.map(z.string(), z.string()), new Map([['a', 1]])],
  ],
  invalid_value: [
    [z.enum(['red', 'blue']), 'rde'],
    [z.literal('red'), 5],
  ],
  custom: [
    [z.string().refine(() => false), 'secret words'],
    [z.string().refine(() => false, 'is no colour'), 'secret words'],
  ],
};
/** All of zod's own default messages. */
const ZODS_ENGLISH = /Invalid|Too (?:small|big)|expected |received |Unrecognized|>=|<=|must (?:match|start|include)|\0/;

describe('what is wrong with a value, in plain words', () => {
  for (const [code, cases] of Object.entries(KINDS)) {
    for (const [at, [schema, value]] of cases.entries()) {
      it(`${code} ${at + 1}: nothing of the validator's own English, and no text of the value`, () => {
        const whole = z.strictObject({ part: schema });
        const given = { part: value };
        const { error } = readValue(whole, given);
        assert.ok(error, 'it is refused');
        const said = [valueProblem(error, given, ['here']), validationError('body', whole, error, given).message];
        if (code !== 'invalid_element' && !(value instanceof Date)) {
          const checked = readYaml('test.yaml', JSON.stringify(given)).documents[0]!.check(whole);
          // Text in YAML may read as another type. Then there is no message.
          if (!checked.ok) said.push(...checked.problems.map(({ message }) => message));
        }
        for (const words of said) {
          assert.doesNotMatch(words, ZODS_ENGLISH, words);
          assert.match(words, /[.?!]$/, words);
        }
        for (const words of said.slice(0, 2)) assert.doesNotMatch(words, /secret words/, words);
      });
    }
  }

  const words = (schema: z.ZodType, part: unknown): string => {
    const given = { part };
    const { error } = readValue(z.strictObject({ part: schema }), given);
    return valueProblem(error!, given, []);
  };

  it('what was found, and what is expected', () => {
    assert.equal(words(z.string().min(1), ''), 'part is empty; it needs at least 1 character.');
    assert.equal(words(z.number().max(200), 500), 'part is 500; it may be at most 200.');
    assert.equal(words(z.number().positive(), 0), 'part is 0; it must be more than 0.');
    assert.equal(words(z.string().max(2), 'abc'), 'part has 3 characters; it may have at most 2.');
    assert.equal(words(z.number(), 'twelve'), 'part is text that is not a number; it takes a number.');
    assert.equal(words(z.number(), ''), 'part is an empty text; it takes a number.');
    assert.equal(words(z.string(), undefined), 'part is missing; it takes text.');
    assert.equal(words(z.string(), null), 'part is null; it takes text.');
    assert.equal(
      words(z.enum(['red', 'blue']), 'rde'),
      'part is text; it takes one of: red, blue. Did you mean "red"?',
    );
    assert.equal(
      words(z.union([z.number(), z.literal(false)]), 'a'),
      'part is text that is not a number; it takes a number or false.',
    );
    assert.equal(valueProblem(z.string().safeParse(5).error!, 5, []), 'is a number; it takes text.');
    assert.equal(words(z.uuid(), '27825550101'), 'part is text; it takes a UUID.');
  });
});

describe('reading a value that was filled in', () => {
  const schema = z.strictObject({
    hours: z.union([z.number(), z.literal(false)]).optional(),
    loud: z.boolean().default(false),
    name: z.string().optional(),
    needed: z.string().nullable().optional(),
    free: z.record(z.string(), z.unknown()).optional(),
    inner: z.strictObject({ at: z.number().optional() }).optional(),
    list: z.array(z.strictObject({ n: z.number().optional() })).optional(),
  });
  const read = (given: object) => readValue(schema, given).data;

  it('accepts text that reads as a number or boolean', () => {
    assert.deepEqual(read({ hours: '5', loud: 'true', inner: { at: ' 7.5 ' } }), {
      hours: 5,
      loud: true,
      inner: { at: 7.5 },
    });
    assert.deepEqual(read({ list: [{ n: '1' }, { n: 2 }] }), { loud: false, list: [{ n: 1 }, { n: 2 }] });
  });

  it('null under an optional key counts as left out, at any depth', () => {
    assert.deepEqual(read({ hours: null, loud: null, name: null, inner: { at: null }, list: [{ n: null }] }), {
      loud: false,
      inner: {},
      list: [{}],
    });
    assert.deepEqual(read({ inner: null, list: null, free: null }), { loud: false });
  });

  it('null is kept where it means something', () => {
    assert.deepEqual(read({ needed: null, free: { a: null } }), { loud: false, needed: null, free: { a: null } });
  });

  it('null is refused if leaving the key out would mean something else', () => {
    assert.ok(!readValue(schema, { name: null }, { keepNull: true }).success);
    assert.deepEqual(readValue(schema, { hours: '5' }, { keepNull: true }).data, { hours: 5, loud: false });
  });

  it('does not change its input', () => {
    const given = { hours: '5', name: null };
    read(given);
    assert.deepEqual(given, { hours: '5', name: null });
  });

  it('a text with a form of its own is not turned into a number', () => {
    const either = z.strictObject({ at: z.union([z.number(), z.string().regex(/^\d{1,2}$/)]) });
    assert.equal(readValue(either, { at: '12' }).data?.at, '12');
    assert.ok(!readValue(either, { at: '123' }).success);
  });
});
