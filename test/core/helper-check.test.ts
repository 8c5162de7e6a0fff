import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readYaml } from '../../core/config/load-yaml.js';
import { textProblems } from '../../core/template/check-placeholders.js';
import { checkTemplate } from '../../core/template/checked-template.js';
import { DeterministicUuid } from '../../core/template/helpers/deterministic-uuid.js';
import { Substitution } from '../../core/template/substitution.js';
import { vocabulary } from '../support/template-vocabulary.js';

/** What is wrong with a template whose one task has this text, or whose one action has this condition. */
function problemsOf(part: { readonly text: string } | { readonly condition: string }): string[] {
  const action =
    'text' in part
      ? { tasks: { t: { tasktype: 'savedata', params: { data: { a: part.text } } } } }
      : { conditions: [part.condition] };
  const written = { initial_state: 'open', states: { open: {} }, actions: { tell: action } };
  const { documents } = readYaml('test.yaml', JSON.stringify(written));
  const checked = checkTemplate(documents[0]!, vocabulary);
  return 'problems' in checked ? checked.problems.map(({ code, message }) => `${code} ${message}`) : [];
}

describe('checking a stub template: helpers', () => {
  it('are taken as a whole value and as a block', () => {
    for (const text of [
      '~~#deterministicuuid(stub.stubref)',
      "~~#deterministicuuid('a, \\'b\\'', \"6f1c1a52-0b1e-4b5e-9d1c-3a6f4d8b2e70\")",
      '~~#substitute(template.data.greeting)',
      '~~#skip("~~org")',
      'a {{#deterministicuuid stub.stubref}}{{/deterministicuuid}} b',
      '{{#deterministicuuid}}{{stub.stubref}}-x{{/deterministicuuid}}',
      '{{#substitute}}Dear {{template.data.title}}, {{/substitute}}',
      '{{#skip}}{{> anything [0] }} {{#if}}{{/skip}}',
    ]) {
      assert.deepEqual(problemsOf({ text }), [], text);
    }
  });

  const refused: readonly (readonly [what: string, text: string, expected: RegExp])[] = [
    [
      'an unknown one',
      '~~#determinsticuuid(1)',
      /There is no helper "determinsticuuid"\. Did you mean "deterministicuuid"/,
    ],
    ['an unknown block', '{{#determinsticuuid stub.x}}{{/determinsticuuid}}', /Did you mean "deterministicuuid"/],
    [
      'too few arguments',
      '~~#deterministicuuid()',
      /has 0 arguments and takes 1 to 2: deterministicuuid\(text, namespace\?\)/,
    ],
    ['too many arguments', '{{#deterministicuuid 1 2}}x{{/deterministicuuid}}', /has 3 arguments and takes 1 to 2/],
    ['no brackets', '~~#deterministicuuid', /is not a valid call of a helper: .* Write for example ~~#name/],
    ['more behind it', '~~#deterministicuuid(1) and more', /nothing may follow the \) at character 23/],
    ['an argument that is none', '~~#deterministicuuid(stub.data.x, )', /a path, "text", number, true, false or null/],
    ['an open quote', '~~#deterministicuuid("a)', /a path, "text", number/],
    ['an unknown root in it', '~~#deterministicuuid(stud.data.x)', /which does not exist\. Did you mean "stub"/],
    ['one inside a text', 'see ~~#deterministicuuid(1)', /Inside a text write \{\{#deterministicuuid …\}\}/],
    ['one that is no block', '{{deterministicuuid 1}}', /Inside a text a helper is a block/],
    ['words inside one', '{{#deterministicuuid 1}}{{else}}x{{/deterministicuuid}}', /takes no \{\{else\}\}/],
    [
      'what is outside the template in substitute',
      '~~#substitute(stubpost.message)',
      /only what the template itself says/,
    ],
    ['and in its block', '{{#substitute}}{{stubpost.message}}{{/substitute}}', /only what the template itself says/],
    [
      'blocks in its block',
      '{{#substitute}}{{#if template.data.x}}a{{/if}}{{/substitute}}',
      /only what the template itself says/,
    ],
    ['skip of a path', '~~#skip(stub.data.x)', /skip takes a text in quotes/],
    ['skip without end', 'a {{#skip}} b', /a \{\{#skip\}\} has no \{\{\/skip\}\}/],
  ];
  for (const [what, text, expected] of refused) {
    it(`are refused, with what there is: ${what}`, () => {
      const problems = problemsOf({ text });
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0]!, /^placeholder_invalid /);
      assert.match(problems[0]!, expected);
    });
  }
});

describe('checking a stub template: a condition that runs a text', () => {
  it('is refused, for the text may come from outside', () => {
    assert.match(problemsOf({ condition: '$eval(stubpost.message)' })[0]!, /^condition_invalid .* uses \$eval/);
    assert.deepEqual(problemsOf({ condition: 'stub.data.x = "$eval(1)"' }), []);
  });
});

describe('checking a stub template: its texts', () => {
  it('what is taken can be filled in, and what is refused never throws (property)', () => {
    const substitution = new Substitution([new DeterministicUuid()]);
    const data = { stub: { data: { x: 'v', l: ['a', { name: 'n' }] } }, template: { data: { g: '{{org.name}}' } } };
    const piece = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{{{',
        '}}}',
        '{{~',
        '~}}',
        '{{!-- ',
        '--}}',
        '{{> ',
        '{{{{',
        '}}}}',
        '\\',
        'words ',
        '~~',
        '"a"',
        '[0]',
        '(',
        ')',
      ],
      ...[
        '{{#if stub.data.x}}',
        '{{/if}}',
        '{{else}}',
        '{{#each stub.data.l}}',
        '{{/each}}',
        '{{this}}',
        '{{@index}}',
        '{{../x}}',
      ],
      ...[
        '{{#skip}}',
        '{{/skip}}',
        '{{#substitute}}',
        '{{/substitute}}',
        '{{template.data.g}}',
        '{{stub.data.x}}',
        '{{[raw text] 0}}',
      ],
      ...[
        '{{#deterministicuuid}}',
        '{{/deterministicuuid}}',
        '{{#deterministicuuid stub.data.x}}',
        '{{lookup stub "x"}}',
        '{{"stub"}}',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        if (textProblems(text, vocabulary.helpers).length > 0) return;
        try {
          substitution.fill(text, data, { atMs: 0 });
        } catch (error) {
          // What a helper is given shows when it is.
          assert.match((error as Error).message, /the namespace of deterministicuuid is no UUID/, text);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
