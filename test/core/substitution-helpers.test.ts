import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Container } from 'inversify';
import { v5 } from 'uuid';
import { SubstitutionHelper } from '../../core/contract/substitution-helper.js';
import { helperBook } from '../../core/template/helper-book.js';
import { parseCall } from '../../core/template/helper-call.js';
import { DeterministicUuid, NAMESPACE } from '../../core/template/helpers/deterministic-uuid.js';
import { Substitution } from '../../core/template/substitution.js';
import { fails, fill, show } from '../support/substitution-rig.js';

describe('helpers of substitution: ~~#name(args)', () => {
  it('get values as they are written, and what paths refer to', () => {
    const text = `~~#show( "a, \\"b\\"" ,'it\\'s',-1.5,true,null,stub.data.list[1].id, stub.nothing )`;
    assert.deepEqual(fill(text), { args: ['a, "b"', "it's", -1.5, true, null, 'b', null], atMs: 5 });
  });

  it('give data of any type, or leave the key out', () => {
    assert.deepEqual(fill({ a: '~~#show()', b: '~~#show("nothing")' }), { a: { args: [], atMs: 5 } });
  });

  it('fail their step with their own words', () => {
    fails('~~#breaks()', /^~~#breaks\(\) could not be filled in: it is broken\. Correct the template\.$/);
    fails('{{#breaks}}{{/breaks}}', /could not be filled in: it is broken/);
    fails('~~#shwo()', /There is no helper "shwo"\. Did you mean "show"\?/);
  });

  it('are read in full or not at all, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'~#show("\'\\,. )(stub[0]1-true') }), (written) => {
        const call = parseCall(`~~#show(${written})`);
        assert.ok(typeof call === 'string' || call.name === 'show');
      }),
    );
  });

  it('are read in time that grows with their length', () => {
    for (const written of [
      '"'.repeat(4_000),
      '\\'.repeat(4_000),
      `${'a.'.repeat(1_900)}!`,
      ' '.repeat(4_000),
      '1'.repeat(4_000),
    ])
      assert.equal(typeof parseCall(`~~#show(${written}`), 'string');
    assert.match(parseCall(`~~#show(${'1,'.repeat(3_000)}1)`) as string, /4096 characters at most/);
    assert.match(parseCall(`~~#show(${'1,'.repeat(20)}1)`) as string, /16 arguments at most/);
  });
});

describe('helpers of substitution: blocks', () => {
  it('get paths where they stand, also inside each', () => {
    const text = '{{#each stub.data.list}}{{#show id @index "x" 1}}{{/show}};{{/each}}';
    assert.equal(fill(text), '{"args":["a",0,"x",1],"atMs":5};{"args":["b",1,"x",1],"atMs":5};');
  });

  it('get what stands inside as their first argument, filled in once', () => {
    assert.equal(fill('{{#show 2}}<{{stubpost.message}}>{{/show}}'), '{"args":["<{{org.name}}>",2],"atMs":5}');
  });

  it('cannot take the name of a root or of a word of the language', () => {
    for (const name of ['stub', 'lid', 'if', 'skip', 'substitute', 'Upper', 'a-b', '__proto__'])
      assert.throws(() => helperBook([{ ...show, name }]), /Name it with small letters/);
  });
});

describe('helpers of substitution: deterministicuuid', () => {
  it('is the UUID of version 5 in the published namespace, or in one of the template’s own', () => {
    assert.equal(fill('~~#deterministicuuid("abc")'), v5('abc', NAMESPACE));
    assert.equal(fill(`~~#deterministicuuid("abc", "${v5.DNS}")`), v5('abc', v5.DNS));
    assert.equal(
      fill('{{#deterministicuuid}}{{stub.stubref}}-{{stub.data.n}}{{/deterministicuuid}}'),
      v5('s-7', NAMESPACE),
    );
    assert.equal(fill('{{#deterministicuuid stub.data.n}}{{/deterministicuuid}}'), v5('7', NAMESPACE));
  });

  it('of nothing is nothing, so that different things never share an id by accident', () => {
    assert.deepEqual(fill({ a: '~~#deterministicuuid(stub.none)', b: '~~#deterministicuuid("a", stub.none)' }), {});
    assert.equal(fill('[{{#deterministicuuid}}{{stub.none}}{{/deterministicuuid}}]'), '[]');
  });

  it('refuses what is no text, and a namespace that is none', () => {
    fails('~~#deterministicuuid(stub.data.list)', /takes a text/);
    fails('~~#deterministicuuid("a", "b")', /is no UUID/);
  });
});

describe('helpers of substitution: skip', () => {
  it('keeps what is inside as it is written, whatever that is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{{', '}}', '#each ', '/', 'skip', '~~', 'a', ' ', '"', '[0]', '\n') }),
        (inside) => {
          fc.pre(!/\{\{\/\s*skip\s*\}\}/.test(inside));
          assert.equal(fill(`{{stub.data.name}} {{#skip}}${inside}{{/skip}}!`), `Thandi ${inside}!`);
        },
      ),
    );
    assert.equal(fill('~~#skip("~~org {{stub.x}}")'), '~~org {{stub.x}}');
    assert.equal(fill('{{#if stub.data.n}}{{#skip}}{{x}}{{/skip}}{{/if}}{{#skip}}{{y}}{{/skip}}'), '{{x}}{{y}}');
    assert.equal(fill('\\{{#skip}} {{org.name}}'), '{{#skip}} Demo');
  });
});

describe('helpers of substitution: substitute', () => {
  it('fills in what the template says, a second time', () => {
    assert.equal(fill('~~#substitute(template.data.greeting)'), 'Dear Thandi,');
    assert.equal(
      fill('{{#substitute}}{{template.data.greeting}}{{/substitute}} {{stubpost.message}}'),
      'Dear Thandi, {{org.name}}',
    );
    assert.equal(fill('{{#substitute}}{{#skip}}{{org.name}}{{/skip}}{{/substitute}}'), 'Demo');
    assert.equal(fill('~~#substitute("{{org.name}}")'), 'Demo');
  });

  it('fills in whole maps of the template, types kept', () => {
    assert.deepEqual(fill('~~#substitute(template.data.message)'), {
      body: 'Dear {{stub.data.name}}, it is {{org.name}}',
      at: 7,
    });
  });

  it('goes no further than the second', () => {
    fails('~~#substitute(template.data.again)', /cannot name substitute itself/);
    fails('~~#substitute("{{#substitute}}{{template.data.greeting}}{{/substitute}}")', /cannot name substitute itself/);
  });

  it('takes nothing that came from outside', () => {
    for (const text of [
      '~~#substitute(stubpost.message)',
      '{{#substitute}}{{stubpost.message}}{{/substitute}}',
      '{{#substitute}}{{#if template.data.greeting}}{{stubpost.message}}{{/if}}{{/substitute}}',
      '{{#with stub.data}}{{#substitute}}{{name}}{{/substitute}}{{/with}}',
      '{{#substitute stubpost.message}}{{/substitute}}',
      '{{#substitute}}{{@root.stubpost.message}}{{/substitute}}',
      '{{#substitute}}{{#show}}{{stubpost.message}}{{/show}}{{/substitute}}',
    ]) {
      fails(text, /only what the template itself says/);
    }
  });

  it('means the template, also where data of that name is nearer', () => {
    assert.equal(
      fill('{{#with stub.data}}{{#substitute}}{{template.data.greeting}}{{/substitute}}{{/with}}'),
      'Dear Thandi,',
    );
    const text =
      '{{#each stub.data.list as |template|}}{{#substitute}}{{template.data.greeting}}{{/substitute}}{{/each}}';
    assert.equal(fill(text), 'Dear Thandi,Dear Thandi,');
  });
});

describe('helpers of substitution: plugins', () => {
  it('bind theirs beside those of core', () => {
    const container = new Container({ defaultScope: 'Singleton' });
    container.bind(SubstitutionHelper).to(DeterministicUuid);
    container.bind(SubstitutionHelper).toConstantValue(show);
    container.bind(Substitution).toSelf();
    const filled = container.get(Substitution).fill('~~#show(1)', {}, { atMs: 5 });
    assert.deepEqual(filled, { args: [1], atMs: 5 });
  });
});
