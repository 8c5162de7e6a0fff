import assert from 'node:assert/strict';
import fc from 'fast-check';
import Handlebars from 'handlebars';
import { deepFreeze } from '../../core/config/deep-freeze.js';
import type { Json, JsonObject } from '../../core/contract/json.js';
import { StubwireError } from '../../core/errors.js';
import { type Roots, Substitution } from '../../core/template/substitution.js';
import { MAX_TEXT } from '../../core/template/text-template.js';

const substitution = new Substitution();
const substitute = (value: Json, from: Roots): Json => substitution.fill(value, from, { atMs: 0 });

const roots = {
  stub: {
    stubref: '2026-01-01-AAAA-BBBB',
    data: {
      n: 0,
      no: false,
      nothing: null,
      name: 'Thandi',
      files: [{ fileuuid: 'f1' }, { fileuuid: 'f2' }],
      nested: [[1, 2]],
    },
  },
  stubpost: { message: 'Tom & "Jerry" <b>', data: { eta: 'today' } },
  org: { name: 'Demo' },
};
const fails = (value: Json, pattern: RegExp): void => {
  assert.throws(
    () => substitute(value, roots),
    (error) => error instanceof StubwireError && error.code === 'substitution_failed' && pattern.test(error.message),
  );
};

describe('substitution: ~~references', () => {
  it('become the value, its type kept', () => {
    const filled = substitute(
      { a: '~~stub.data.n', b: '~~stub.data.no', c: '~~stub.data.files', d: '~~stub.data.nothing' },
      roots,
    );
    assert.deepEqual(filled, { a: 0, b: false, c: roots.stub.data.files, d: null });
  });

  it('go into lists by index', () => {
    assert.deepEqual(substitute(['~~stub.data.files[1].fileuuid', '~~stub.data.nested[0][1]'], roots), ['f2', 2]);
  });

  it('leave the key out where nothing is there', () => {
    assert.deepEqual(substitute({ a: '~~stub.data.none', b: { c: '~~heimdall.x' }, d: 1 }, roots), { b: {}, d: 1 });
    assert.deepEqual(substitute(['~~stub.nope', 'x'], roots), ['x']);
    assert.equal(substitute('~~stub.nope', roots), null);
  });

  it('are not looked for inside a text', () => {
    assert.equal(substitute('see ~~stub.data.name', roots), 'see ~~stub.data.name');
  });
});

describe('substitution: {{placeholders}}', () => {
  it('become text, without HTML escaping', () => {
    assert.equal(substitute('{{stubpost.message}} at {{org.name}}', roots), 'Tom & "Jerry" <b> at Demo');
  });

  it('become nothing where nothing is there, and 0 and false where these are', () => {
    assert.equal(substitute('[{{stub.none.deeper}}{{heimdall.x}}{{stub.data.nothing}}]', roots), '[]');
    assert.equal(substitute('{{stub.data.n}} {{stub.data.no}}', roots), '0 false');
  });

  it('know if, unless, each and with', () => {
    const text =
      '{{#if stub.data.name}}{{stub.data.name}}{{else}}you{{/if}}{{#unless stub.data.no}}!{{/unless}} {{#each stub.data.files}}{{@index}}:{{fileuuid}} {{/each}}{{#with org}}{{name}}{{/with}}';
    assert.equal(substitute(text, roots), 'Thandi! 0:f1 1:f2 Demo');
  });

  it('know no other helpers, no partials and no decorators', () => {
    for (const text of [
      '{{lookup stub "data"}}',
      '{{log stub}}',
      '{{> other}}',
      '{{helperMissing stub}}',
      '{{(lookup stub "data")}}',
    ]) {
      fails(text, /could not be filled in/);
    }
  });

  it('stand side by side as text: numbers are not added up', () => {
    const data = { stub: { data: { a: 1, b: 2 }, list: [{ a: 1, b: 2 }] } };
    assert.equal(substitute('{{stub.data.a}}{{stub.data.b}}', data), '12');
    assert.equal(substitute('{{#with stub.data}}{{a}}{{b}}{{{a}}}{{/with}}', data), '121');
    assert.equal(
      substitute(
        '{{#each stub.list}}{{a}}{{b}}{{else}}none{{/each}}{{#if stub.data}}{{stub.data.a}}{{stub.data.b}}{{/if}}',
        data,
      ),
      '1212',
    );
  });

  it('give what Handlebars gives, for every mix of words and paths', () => {
    const plain = Handlebars.create();
    // As text, for Handlebars adds up numbers that stand side by side.
    const texts = { ...roots, stub: { ...roots.stub, data: { ...roots.stub.data, n: '0' } } };
    const piece = fc.oneof(
      fc.string().map((text) => text.replace(/[{}\\~]/g, '')),
      fc.constantFrom(
        '{{stub.data.name}}',
        '{{{stubpost.message}}}',
        '{{ org.name }}',
        '{{stub.data.n}}',
        '{{stub.none}}',
        '{{stub.data.files.[0].fileuuid}}',
        ' {{~org.name~}} ',
        '{{#if stub.data.name}}yes {{stub.data.n}}{{/if}}',
        '{{#each stub.data.files}}{{fileuuid}}{{@index}} {{/each}}',
        '{{! note }}',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        assert.equal(substitute(text, roots), plain.compile(text, { noEscape: true })(texts));
      }),
    );
  });
});

describe('substitution: what comes from outside', () => {
  const hostile = fc.constantFrom(
    '{{stub.data.secret}}',
    '~~stub.data.secret',
    '~~org',
    '{{#each stub}}x{{/each}}',
    '{{{stub.data.secret}}}',
    '{{',
    '~~',
    '\\{{x}}',
  );

  it('is only data: it is never filled in itself', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), fc.oneof(hostile, fc.string()), (message, name) => {
        const data = { stub: { data: { secret: 's3cret', name } }, stubpost: { message } };
        const template = {
          whole: '~~stubpost.message',
          inline: '<{{stubpost.message}}|{{stub.data.name}}>',
          keyed: { deep: ['~~stub.data.name'] },
        };
        assert.deepEqual(substitute(template, data), {
          whole: message,
          inline: `<${message}|${name}>`,
          keyed: { deep: [name] },
        });
      }),
    );
  });

  it('cannot reach the prototypes of JavaScript', () => {
    for (const path of [
      'stub.constructor',
      'stub.__proto__',
      'stub.data.files.push',
      'stub.data.name.length.constructor',
      'constructor',
      'stub.toString',
    ]) {
      assert.deepEqual(substitute({ a: `~~${path}` }, roots), {}, path);
      assert.equal(substitute(`{{${path}}}`, roots), '', path);
      assert.equal(substitute(`{{#if ${path}}}reached{{/if}}`, roots), '', path);
    }
    assert.equal(substitute('{{#with stub}}{{constructor.name}}{{__proto__.x}}{{/with}}', roots), '');
  });

  it('cannot set a prototype through a key of a template', () => {
    const filled = substitute(
      JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as JsonObject,
      roots,
    ) as JsonObject;
    assert.equal((filled as { polluted?: boolean }).polluted, undefined);
    assert.deepEqual(Object.keys(filled), ['a']);
  });
});

describe('substitution: bounds', () => {
  it('a text grows to 64 KiB at most', () => {
    const message = 'x'.repeat(MAX_TEXT);
    assert.equal(substitute('{{stubpost.message}}', { stubpost: { message } }), message);
    assert.throws(
      () => substitute('{{stubpost.message}}.', { stubpost: { message } }),
      /65537 characters, and 65536 are allowed/,
    );
  });

  it('loops inside loops end', () => {
    const list = Array.from({ length: 1000 }, (_, index) => index);
    const text = '{{#each stub.l}}{{#each ../stub.l}}{{#each ../../stub.l}}{{/each}}{{/each}}{{/each}}';
    assert.throws(() => substitute(text, { stub: { l: list } }), /takes more than 10000 turns/);
  });

  it('data nests to 32 levels at most', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 40; level += 1) deep = { deep };
    fails(deep, /nests deeper than 32 levels/);
  });
});

describe('substitution: plans', () => {
  it('of frozen templates are kept, and give each run its own values', () => {
    const template = deepFreeze({ a: '{{stubpost.message}}', b: ['~~stubpost.message'] });
    for (const message of ['one', 'two'])
      assert.deepEqual(substitute(template, { stubpost: { message } }), { a: message, b: [message] });
  });

  it('of data that may change are not kept', () => {
    const template: JsonObject = { a: '~~org.name' };
    substitute(template, roots);
    template['a'] = 'changed';
    assert.deepEqual(substitute(template, roots), { a: 'changed' });
  });

  it('leave data without placeholders as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!/~~|\{\{|__proto__/.test(JSON.stringify(value)));
        assert.deepEqual(substitute(value as Json, roots), value);
      }),
    );
  });
});
