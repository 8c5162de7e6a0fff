import assert from 'node:assert/strict';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { deepFreeze } from '../../core/config/deep-freeze.js';
import type { JsonObject } from '../../core/contract/json.js';
import { FillBudget } from '../../core/template/fill-budget.js';
import { NAMESPACE } from '../../core/template/helpers/deterministic-uuid.js';
import { type LeftOut, type Roots } from '../../core/template/substitution.js';
import { fails, fill, roots, substitution } from '../support/substitution-rig.js';

describe('substitution with helpers: what comes from outside', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '{{stub.data.secret}}',
      '~~stub.data.secret',
      '~~#substitute(template.data.greeting)',
      '~~#show()',
      '{{#show}}{{/show}}',
      '{{#skip}}',
      '{{/skip}}',
      '{{/if}}',
      '{{[as text] stub.data.secret}}',
      '{{[raw text] 0}}',
      '$&',
    ),
  );

  it('is data in every helper and block, and never changes the shape', () => {
    fc.assert(
      fc.property(hostile, hostile, (message, name) => {
        const from: Roots = {
          ...roots,
          stub: { data: { secret: 's3cret', name, list: [message, name] } },
          stubpost: { message },
        };
        const written = {
          whole: '~~#show(stubpost.message, stub.data.list)',
          block: '{{#each stub.data.list}}[{{this}}]{{/each}}{{#skip}}{{/x}}{{/skip}}',
          second: '~~#substitute(template.data.greeting)',
          id: '{{#deterministicuuid}}{{stubpost.message}}{{/deterministicuuid}}',
        };
        assert.deepEqual(fill(written, from), {
          whole: { args: [message, [message, name]], atMs: 5 },
          block: `[${message}][${name}]{{/x}}`,
          second: `Dear ${name},`,
          id: message === '' ? '' : v5(message, NAMESPACE),
        });
      }),
    );
  });

  it('with keys of JavaScript’s own is data like any other', () => {
    const data = JSON.parse(
      '{"toString": 1, "valueOf": 2, "constructor": 3, "__proto__": {"x": 4}, "hasOwnProperty": 5}',
    ) as JsonObject;
    const from: Roots = { stub: { data, list: [data] } };
    const shown = JSON.stringify(data);
    assert.equal(
      fill('{{stub.data}}|{{#each stub.list}}{{this}}{{constructor}}{{x}}{{/each}}', from),
      `${shown}|${shown}3`,
    );
    assert.equal(fill('{{#with stub.data}}{{toString}}{{#if constructor}}!{{/if}}{{/with}}', from), '1!');
    assert.deepEqual(fill({ a: '~~stub.data.__proto__.x', b: '~~stub.data.constructor' }, from), { b: 3 });
    assert.deepEqual(fill('~~#show(stub.data.constructor.name, org.constructor)', from), {
      args: [null, null],
      atMs: 5,
    });
  });

  it('reaches nothing that is inherited, in any block or helper', () => {
    const names = fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      'prototype',
      'valueOf',
      '__defineGetter__',
      'hasOwnProperty',
    );
    fc.assert(
      fc.property(
        fc.array(names, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('stub', 'stub.data', 'stub.data.list', 'stub.data.name'),
        (steps, start) => {
          const path = [start, ...steps].join('.');
          assert.equal(
            fill(
              `{{${path}}}{{#if ${path}}}x{{/if}}{{#each ${path}}}x{{/each}}{{#with ${path}}}x{{/with}}{{@root.${path}}}`,
            ),
            '',
          );
          assert.equal(fill(`{{#with ${start}}}{{${steps.join('.')}}}{{/with}}`), '');
          assert.deepEqual(fill({ a: `~~#show("x", ${path})`, b: `~~${path}` }), { a: { args: ['x', null], atMs: 5 } });
        },
      ),
    );
  });
});

describe('substitution with helpers: bounds of a whole step', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => index);

  it('count the turns of all texts together', () => {
    const loop = '{{#each stub.l}}{{/each}}';
    assert.deepEqual(fill([loop, loop, loop], { stub: { l: many } }), ['', '', '']);
    fails([loop, loop, loop, loop], /more than 10000 turns, all of the step together/, { stub: { l: many } });
  });

  it('count the characters of all texts together', () => {
    const message = 'x'.repeat(60_000);
    const texts = (count: number) => Array.from({ length: count }, () => '{{stubpost.message}}');
    assert.equal((fill(texts(17), { stubpost: { message } }) as string[]).length, 17);
    fails(texts(18), /more than 1048576 characters, all of the step together/, { stubpost: { message } });
  });

  it('see a text that grows too long while it grows', () => {
    const from = { stub: { l: many }, stubpost: { message: 'x'.repeat(10_000) } };
    fails(
      '{{#each stub.l}}{{@root.stubpost.message}}{{/each}}',
      /70000 characters, and 65536 are allowed|characters, all of the step together/,
      from,
    );
  });

  it('hold over all recipients of a notification', () => {
    const budget = FillBudget.forRecipients();
    const from = { stub: { l: many } };
    const once = () => substitution.fill('{{#each stub.l}}{{/each}}', from, { atMs: 0, budget });
    for (let recipient = 0; recipient < 33; recipient += 1) once();
    assert.throws(once, /more than 100000 turns, all recipients together/);
  });
});

describe('substitution with helpers: what is left out', () => {
  it('is told with its place and how it is written', () => {
    const leftOut: LeftOut[] = [];
    const written = deepFreeze({
      a: ['x', '~~stub.none', { b: '~~#show("nothing")', c: '~~stub.data.n' }],
      d: '{{stub.none}}',
    });
    for (const _ of [1, 2]) {
      leftOut.length = 0;
      assert.deepEqual(substitution.fill(written, roots, { atMs: 0, leftOut }), { a: ['x', { c: 7 }], d: '' });
      assert.deepEqual(leftOut, [
        { path: ['a', 1], reference: '~~stub.none' },
        { path: ['a', 2, 'b'], reference: '~~#show("nothing")' },
      ]);
    }
  });
});
