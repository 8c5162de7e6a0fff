import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StubwireError } from '../../core/errors.js';
import {
  checkPath,
  checkPattern,
  comparePatterns,
  encodeSegment,
  matches,
  overlap,
  PatternMap,
} from '../../core/heimdall/path-pattern.js';

const segment = fc.constantFrom('', 'a', 'b', 'c');
const path = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('.'))
  .filter((text) => text !== '');
const pattern = fc
  .tuple(fc.array(fc.oneof(segment, fc.constant('#')), { maxLength: 4 }), fc.oneof(segment, fc.constantFrom('#', '*')))
  .map(([begin, last]) => [...begin, last].join('.'))
  .filter((text) => text !== '');

describe('a path pattern', () => {
  it('takes # for exactly one segment, which may be empty', () => {
    assert.ok(matches('in.#.from.#', 'in.main.from.27825550101'));
    assert.ok(matches('command.#.target.#.from.#', 'command.demo.target..from.27825550101'));
    assert.ok(!matches('in.#', 'in'));
    assert.ok(!matches('in.#', 'in.a.b'));
  });

  it('takes * for one or more segments at the end', () => {
    assert.ok(matches('in.*', 'in.a'));
    assert.ok(matches('in.*', 'in.a.b.c'));
    assert.ok(!matches('in.*', 'in'));
    assert.ok(matches('*', 'anything.at.all'));
  });

  it('is refused with what is wrong where wildcards stand wrong', () => {
    for (const [bad, why] of [
      ['a.*.b', /stands last/],
      ['a.b*', /inside the segment/],
      ['a#.b', /inside the segment/],
      ['', /empty/],
      ['a'.repeat(1_001), /longer/],
    ] as const) {
      assert.throws(
        () => checkPattern(bad),
        (error) => error instanceof StubwireError && error.code === 'path_invalid' && why.test(error.message),
      );
    }
    assert.throws(() => checkPath('a.#'), /only patterns have/);
    checkPath('a..b');
  });

  it('finds by path in a map exactly what the plain comparison finds', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 20 }), fc.array(path, { maxLength: 10 }), (patterns, paths) => {
        const map = new PatternMap<number>();
        for (const [index, each] of patterns.entries()) map.add(each, index);
        for (const each of paths) {
          const plain = patterns.flatMap((one, index) => (matches(one, each) ? [index] : []));
          assert.deepEqual(map.match(each).sort(), plain.sort());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that is removed is found no more, and leaves the others', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        path,
        (patterns, every, each) => {
          const map = new PatternMap<number>();
          for (const [index, one] of patterns.entries()) map.add(one, index);
          for (const [index, one] of patterns.entries()) if (index % every === 0) map.remove(one, index);
          const plain = patterns.flatMap((one, index) => (index % every !== 0 && matches(one, each) ? [index] : []));
          assert.deepEqual(map.match(each).sort(), plain.sort());
        },
      ),
    );
    const map = new PatternMap<number>();
    map.add('a.b', 1);
    map.remove('a.c', 1);
    map.remove('a.b', 2);
    assert.deepEqual(map.match('a.b'), [1]);
  });

  it('sorts the more specific first, the same whatever the order was', () => {
    const sorted = [
      'in.main.from.278',
      'in.main.from.#',
      'in.main.#.278',
      'in.main.*',
      'in.#.from.278',
      'in.#.*',
      'in.*',
      '*',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => {
        assert.deepEqual(shuffled.sort(comparePatterns), sorted);
      }),
    );
  });

  it('overlaps another exactly where some path is of both', () => {
    const paths = ['', 'a', 'b', 'c'].flatMap((a) => ['', 'a', 'b', 'c'].map((b) => [a, b]));
    const all = [...paths, ...paths.flatMap((two) => ['', 'a', 'b', 'c'].map((c) => [...two, c])), ['a'], ['b'], ['c']];
    const short = pattern.filter((one) => one.split('.').length <= 3);
    fc.assert(
      fc.property(short, short, (one, other) => {
        const both = all
          .map((segments) => segments.join('.'))
          .some((each) => matches(one, each) && matches(other, each));
        // What both of two patterns stand for may be longer than these paths only where both are open.
        assert.equal(overlap(one, other) || both, overlap(one, other));
        if (!one.endsWith('*') && !other.endsWith('*')) assert.equal(overlap(one, other), both);
      }),
    );
    assert.ok(overlap('a.*', '#.b'));
    assert.ok(!overlap('a.*', 'a'));
    assert.ok(!overlap('global.*', 'local.#'));
  });
});

describe('a segment made from free text', () => {
  it('has its dots, wildcards and percents encoded, and nothing else', () => {
    assert.equal(encodeSegment('a.b*c#d%e f/ü'), 'a%2Eb%2Ac%23d%25e f/ü');
  });

  it('is one segment, matched by #, and two texts never become one segment', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.ok(matches('from.#', `from.${encodeSegment(one)}`));
        assert.equal(encodeSegment(one) === encodeSegment(other), one === other);
        assert.equal(decodeURIComponent(encodeSegment('50%.')), '50%.');
      }),
    );
  });
});
