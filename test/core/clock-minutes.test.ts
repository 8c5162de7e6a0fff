import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  dueMinutes,
  MINUTE_MS,
  MINUTES_CAUGHT_UP,
  mayBeOfClock,
  minuteOf,
  minutePaths,
  namedMinute,
  watchesMinutes,
  watchesZones,
} from '../../core/heimdall/clock-minutes.js';
import { matches } from '../../core/heimdall/path-pattern.js';

const MINUTE = Date.parse('2026-11-22T23:30:00Z');
const ms = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });

describe('the minutes of the clock', () => {
  it('have a path in UTC and one for each zone, with its own time', () => {
    const paths = minutePaths(MINUTE + 12_345);
    assert.equal(paths[0], 'global.time.minute.20261122233000');
    assert.ok(paths.includes('global.time.zone.0.minute.20261122233000'));
    assert.ok(paths.includes('global.time.zone.2.minute.20261123013000'));
    assert.ok(paths.includes('global.time.zone.neg12.minute.20261122113000'));
    assert.ok(paths.includes('global.time.zone.14.minute.20261123133000'));
    assert.equal(paths.length, 28);
  });

  it('are read back from every path of theirs, and from nothing else', () => {
    fc.assert(
      fc.property(ms, (at) => {
        for (const path of minutePaths(at)) assert.equal(namedMinute(path), minuteOf(at));
      }),
    );
    for (const none of [
      'global.time.minute.#',
      'global.time.*',
      'global.time.minute.20261322233000',
      'global.time.minute.20261122236000',
      'global.time.minute.20261122233001',
      'global.time.zone.15.minute.20261122233000',
      'global.time.zone.#.minute.20261122233000',
      'other.20261122233000',
    ])
      assert.equal(namedMinute(none), undefined, none);
  });

  it('that are due: each once, in order, the newest of those missed, and of older ones those that are named', () => {
    fc.assert(
      fc.property(
        ms,
        fc.nat({ max: 300 * MINUTE_MS }),
        fc.array(fc.nat({ max: 300 }), { maxLength: 5 }),
        (at, gap, ahead) => {
          const emitted = minuteOf(at);
          const named = ahead.map((minutes) => emitted + minutes * MINUTE_MS);
          const due = dueMinutes(emitted, at + gap, named);
          const last = minuteOf(at + gap);
          const expected: number[] = [];
          for (let minute = emitted + MINUTE_MS; minute <= last; minute += MINUTE_MS) {
            const isNew = minute > last - MINUTES_CAUGHT_UP * MINUTE_MS;
            if (isNew || named.includes(minute)) expected.push(minute);
          }
          assert.deepEqual(due, expected);
        },
      ),
    );
  });

  it('are watched by patterns that match them, zones only by those that name the clock', () => {
    const paths = minutePaths(MINUTE);
    for (const pattern of [
      '*',
      'global.*',
      'global.time.minute.#',
      '#.#.minute.*',
      'global.time.zone.2.*',
      'a.*',
      'global.time.minute',
    ]) {
      assert.equal(watchesMinutes(pattern), matches(pattern, paths[0]!), pattern);
      const isZone = paths.slice(1).some((path) => matches(pattern, path));
      assert.equal(watchesZones(pattern), isZone && pattern.startsWith('global.time.'), pattern);
      assert.equal(mayBeOfClock(pattern), matches(pattern, paths[0]!) || isZone, pattern);
    }
  });
});
