import assert from 'node:assert/strict';
import fc from 'fast-check';
import { v5 } from 'uuid';
import type { Json, JsonObject } from '../../core/contract/json.js';
import { FIELD_TYPES } from '../../core/contract/stub-template.js';
import { keepingBeside, valueIn, without, withValue } from '../../core/stub/data-path.js';
import { typedValue } from '../../core/stub/field-value.js';
import { derivedUuid } from '../../core/stub/ids.js';
import { isDay, isMoment, spanOf } from '../../core/stub/iso-date.js';
import { admit, type ClientRuns } from '../../core/stub/loop-guard.js';
import { momentIn } from '../../core/stub/time-zone.js';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const key = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString');
const map = fc.dictionary(key, json, { noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
const path = fc.array(key, { minLength: 1, maxLength: 4 });

describe('paths into data (properties)', () => {
  it('what is put at a path stands there, what stands elsewhere stays, and nothing that was given changes', () => {
    fc.assert(
      fc.property(map, path, json, (data, at, value) => {
        const before = structuredClone(data);
        const after = withValue(data, at, value);
        assert.deepEqual(data, before);
        if (after === undefined) return assert.ok(at.length > 1);
        assert.deepEqual(valueIn(after, at), value);
        for (const other of Object.keys(data)) if (other !== at[0]) assert.equal(after[other], data[other]);
        assert.equal(valueIn(without(after, at[0]!), [at[0]!]), undefined);
      }),
    );
  });

  it('maps along a path keep what stood beside it; elsewhere the newer value counts', () => {
    fc.assert(
      fc.property(map, path, json, (before, at, value) => {
        const posted = withValue({}, at, value)!;
        const merged = keepingBeside(before, { ...before, ...posted }, at);
        assert.deepEqual(valueIn(merged, at), value);
        const placed = withValue(before, at, value);
        if (placed) assert.deepEqual(merged, placed);
      }),
    );
  });
});

const OPTIONS = ['1', '2'].map((value) => ({ label: `Number ${value}`, value }));

describe('values of fields (properties)', () => {
  const params = fc.record(
    {
      max_length: fc.integer({ min: 1, max: 20 }),
      min: fc.integer({ min: -5, max: 5 }),
      max: fc.integer({ min: -5, max: 9 }),
      earliest: fc.constantFrom('2026-01-01', '2026-06-01T00:00:00Z'),
      latest: fc.constantFrom('2026-12-31', '2026-06-02T00:00:00+02:00'),
      with_time: fc.boolean(),
      multiple: fc.boolean(),
      options: fc.constant(OPTIONS),
    },
    { requiredKeys: [] },
  );
  const date = fc.date({ min: new Date('2025-06-01'), max: new Date('2027-06-01'), noInvalidDate: true });
  const given = fc.oneof(
    json,
    fc.constantFrom('true', 'false', ' 12 ', '0x1f', '-3.5', '', '1', '2', 1, ['1', '2'], ['2', '2'], '2026-02-29'),
    date.map((one) => one.toISOString()),
    date.map((one) => one.toISOString().slice(0, 10)),
  );

  it('of every type are of that type or refused with what was expected; one that was taken is taken again as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIELD_TYPES), params, given, (type, about, value) => {
        const typed = typedValue(type, about, value);
        if ('expected' in typed) return assert.ok(typed.expected.length > 3);
        assert.deepEqual(typedValue(type, about, typed.value), typed);
        if (type === 'text')
          assert.ok(typeof typed.value === 'string' && typed.value.length <= (about.max_length ?? 1e6));
        if (type === 'boolean') assert.equal(typeof typed.value, 'boolean');
        if (type === 'number') {
          const number = typed.value as number;
          assert.ok(Number.isFinite(number) && number >= (about.min ?? number) && number <= (about.max ?? number));
        }
        if (type === 'date') {
          const text = typed.value as string;
          assert.equal(isDay(text) || isMoment(text), true);
          if (about.earliest) assert.ok(spanOf(text)[1] >= spanOf(about.earliest)[0]);
          if (about.latest) assert.ok(spanOf(text)[0] <= spanOf(about.latest)[1]);
        }
        if (type === 'select') {
          const chosen = [typed.value].flat() as string[];
          assert.ok(chosen.every((one) => about.options?.some((option) => option.value === one)));
          assert.equal(Array.isArray(typed.value), about.multiple ?? false);
        }
      }),
    );
  });
});

describe('the loop guard (properties)', () => {
  it('admits a run exactly where fewer than n of that client were admitted within the minute before it', () => {
    const steps = fc.array(fc.record({ client: fc.constantFrom('x', 'y', 'z'), afterMs: fc.nat(20_000) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (runs, actionsPerMinute) => {
        const limits = { actionsPerMinute };
        const taken: { client: string; ms: number }[] = [];
        let record: ClientRuns = {};
        let nowMs = 1_000_000;
        for (const { client, afterMs } of runs) {
          nowMs += afterMs;
          const recent = taken.filter((one) => one.client === client && one.ms > nowMs - 60_000).length;
          const { admitted, runs: next } = admit(record, client, nowMs, limits);
          assert.equal(admitted, recent < actionsPerMinute);
          if (admitted) taken.push({ client, ms: nowMs });
          record = next;
        }
      }),
    );
  });

  it('remembers a bounded number of clients, those that wrote last', () => {
    let record: ClientRuns = {};
    for (let n = 0; n < 50; n++) record = admit(record, `c${n}`, 1_000_000 + n, { actionsPerMinute: 5 }).runs;
    assert.equal(Object.keys(record).length, 20);
    assert.ok('c49' in record && 'c31' in record && !('c10' in record));
  });
});

describe('derived ids', () => {
  it('are UUIDs of version 5', () => {
    const namespace = '6f1c1a52-0b1e-4b5e-9d1c-3a6f4d8b2e70';
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 80 })), (parts) => {
        assert.equal(derivedUuid(...parts), v5(parts.join('\n'), namespace));
      }),
    );
  });
});

describe('times of day in a zone', () => {
  const shown = (zone: string, ms: number): string =>
    new Date(ms).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T').slice(0, 16);

  it('are the moment at which clocks there show them, whatever day it is', () => {
    const zones = fc.constantFrom('Africa/Johannesburg', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC');
    const minutes = fc.integer({ min: Date.UTC(2025, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 });
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const local = shown(zone, minute * 60_000);
        assert.equal(shown(zone, momentIn(zone, local)!), local);
      }),
    );
  });

  it('that a zone skips or has twice are still one moment', () => {
    assert.equal(momentIn('Europe/Berlin', '2026-03-29T02:30'), Date.parse('2026-03-29T01:30:00Z'));
    assert.equal(momentIn('Europe/Berlin', '2026-10-25T02:30'), Date.parse('2026-10-25T00:30:00Z'));
    assert.equal(momentIn('Europe/Berlin', '2026-02-30T02:30'), undefined);
    assert.equal(momentIn('Nowhere/Land', '2026-02-20T02:30'), undefined);
  });
});
