import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clockText, durationMs } from '../../core/story/duration.js';
import { listProblem } from '../../core/story/message-match.js';
import { differences } from '../../core/story/partial-match.js';
import { painted } from '../../core/story/story-colors.js';
import { patternProblem, textMatches } from '../../core/story/text-pattern.js';

const HOUR = 3_600_000;

/** A line for a terminal, taken apart: `ESC[32m` begins a colour, `ESC[0m` ends it. */
function paintOf(line: string): { readonly words: string; readonly color?: string | undefined } {
  const [before = '', ...parts] = line.split('\u001b[');
  const color = parts[0]?.split('m')[0];
  return { words: [before, ...parts.map((part) => part.slice(part.indexOf('m') + 1))].join(''), color };
}

describe('the parts of stories', () => {
  it('times are hours, days, minutes and seconds, alone or together', () => {
    assert.equal(durationMs('25h'), 25 * HOUR);
    assert.equal(durationMs('3d 2h'), 74 * HOUR);
    assert.equal(durationMs('1.5h'), 1.5 * HOUR);
    assert.equal(durationMs('90s'), 90_000);
    for (const none of ['25', 'h', '25 hours', '-1h', '0h', '500d', '1h30', ''])
      assert.equal(durationMs(none), undefined);
    assert.deepEqual([clockText(0), clockText(65 * 60_000), clockText(72 * HOUR)], ['0:00', '1:05', '72:00']);
  });

  it('a text is the very same, but that … stands for any text', () => {
    const texts = fc.array(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (parts, fillings) => {
        const written = parts.join('…');
        if (written.startsWith('/')) return; // a regular expression
        const text = parts.map((part, at) => (at === 0 ? part : `${fillings[at % fillings.length]}${part}`)).join('');
        assert.ok(textMatches(written, text), `${written} | ${text}`);
      }),
      { numRuns: 200 },
    );
    assert.ok(textMatches('a\n', 'a'));
    assert.ok(textMatches('a', 'a\r\n'));
    assert.ok(!textMatches('a ', 'a') && !textMatches('a', 'a '), 'a blank at the end is sent, and counts');
    assert.ok(textMatches('at 16:00. …', 'at 16:00. '));
    for (const [written, text] of [
      ['a…b', 'ab c'],
      ['aa…aa', 'aaa'],
      ['a', 'A'],
      ['', 'x'],
      ['a…b…c', 'a c'],
    ])
      assert.ok(!textMatches(written!, text!), `${written} | ${text}`);
  });

  it('a regular expression has an end: one that takes too long does not match', () => {
    assert.ok(textMatches('/at (9|10)$/', 'come at 10'));
    assert.ok(textMatches('/COME/i', 'come'));
    assert.ok(!textMatches('/^(a+)+$/', `${'a'.repeat(40)}b`));
    assert.match(patternProblem('/(/')!, /is no regular expression/);
  });

  it('of a map the keys named count, a list is expected whole, null is nothing', () => {
    const seen = { a: 1, b: { c: 'text', d: [1, 2] } };
    assert.deepEqual(differences({ a: 1, b: { c: 'te…' }, e: null }, seen), []);
    const found = differences({ a: '1', b: { d: [1] }, e: 1 }, seen);
    assert.deepEqual(
      found.map(({ path, expected, seen: was }) => [path.join('.'), expected, was]),
      [
        ['a', '"1"', '1'],
        ['b.d', '[1]', '[1,2]'],
        ['e', '1', 'nothing'],
      ],
    );
  });

  it('a terminal shows what holds in green and what does not in red, and the words stay the same', () => {
    const text =
      '    ✓ it holds (1 ms)\n    1) it does not (1 ms)\n\n  1 passing (2 ms)\n       expected  a\n       seen      b';
    const lines = painted(text).split('\n').map(paintOf);
    assert.equal(lines.map(({ words }) => words).join('\n'), text);
    assert.deepEqual(
      lines.map(({ color }) => color),
      ['32', '31', undefined, '32', '32', '31'],
    );
  });

  it('a list is told in order, none left out; … stands for any number', () => {
    const compare = (expected: number, seen: number) =>
      expected === seen ? [] : [{ path: [], expected: String(expected), seen: String(seen) }];
    const problem = (expected: ('…' | number)[], seen: number[]) => listProblem(expected, seen, compare)?.kind;
    assert.equal(problem([1, 2], [1, 2]), undefined);
    assert.equal(problem(['…', 2], [1, 2]), undefined);
    assert.equal(problem([1, '…'], [1, 2, 3]), undefined);
    assert.equal(problem(['…', 2, '…', 4], [1, 2, 3, 4]), undefined);
    assert.equal(problem(['…', 2], [2, 1, 2]), undefined);
    assert.equal(problem([], [1]), 'too_many');
    assert.equal(problem(['…', 2], [1, 2, 3]), 'too_many');
    assert.equal(problem([1, 2], [1]), 'missing');
    assert.equal(problem(['…', 5], [1, 2]), 'missing');
    assert.equal(problem([2], [1]), 'different');
  });
});
