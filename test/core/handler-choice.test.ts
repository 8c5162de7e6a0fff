import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Mechanism } from '../../core/contract/stub-template.js';
import { type Claim, chooseHandlers } from '../../core/heimdall/handler-choice.js';
import { matches } from '../../core/heimdall/path-pattern.js';
import { byAge, type Registration } from '../../core/heimdall/registration.js';
import { ageOf, nextInTurn } from '../../core/heimdall/rotation.js';

const PATTERNS = ['a.b.c', 'a.b.#', 'a.#.c', '#.b.c', 'a.#.#', 'a.b.*', 'a.*', '#.*', '*'];
const PATH = 'a.b.c';

const registrations = fc
  .array(
    fc.record({
      registeredAtMs: fc.nat({ max: 3 }),
      events: fc.array(
        fc.record({
          path: fc.constantFrom(...PATTERNS),
          mechanism: fc.constantFrom<Mechanism>('evt', 'cbh', 'rra', 'rnd', 'evb'),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(
      ({ registeredAtMs, events }, at): Registration => ({
        uuid: `uuid-${(at * 7) % 12}-${at}`,
        name: `r${at}`,
        events: events.map((event) => ({ ...event, expiresAtMs: Number.POSITIVE_INFINITY })),
        registeredAtMs,
        place: 0,
      }),
    ),
  );
const claimsOf = (all: readonly Registration[]): Claim[] =>
  all.flatMap((registration) => registration.events.map((event) => ({ registration, event })));
const names = (all: readonly Registration[]) => all.map(({ name }) => name);
const having = (all: readonly Registration[], mechanism: Mechanism) =>
  all.filter(({ events }) => events.some((event) => event.mechanism === mechanism));

/** The model's words, one by one: text before #, # before *, segment by segment. */
function moreSpecific(a: string, b: string): boolean {
  const rank = (segment: string | undefined) => (segment === '*' ? 2 : segment === '#' ? 1 : 0);
  const [left, right] = [a.split('.'), b.split('.')];
  for (let at = 0; at < 3; at++) {
    const [one, other] = [rank(left[at]), rank(right[at])];
    if (one !== other) return one < other;
    if (one === 2) return false;
  }
  return false;
}

describe('who takes an event', () => {
  it('every pattern of these tests matches the path', () => {
    for (const pattern of PATTERNS) assert.ok(matches(pattern, PATH), pattern);
  });

  it('evt and evb: all, each once, the older first', () => {
    fc.assert(
      fc.property(registrations, fc.constantFrom<Mechanism>('evt', 'evb'), (all, mechanism) => {
        const { taken, answering, inTurn } = chooseHandlers(claimsOf(all), mechanism, 'e');
        const expected = having(all, mechanism).sort(byAge);
        assert.deepEqual(names(taken), names(expected));
        assert.equal(answering.size, mechanism === 'evb' ? expected.length : 0);
        assert.equal(inTurn.length, 0);
      }),
    );
  });

  it('cbh: the most specific, then the newest, whatever the order', () => {
    fc.assert(
      fc.property(registrations, fc.boolean(), (all, backwards) => {
        const claims = claimsOf(all);
        const { taken } = chooseHandlers(backwards ? claims.toReversed() : claims, 'cbh', 'e');
        const wanting = claims.filter(({ event }) => event.mechanism === 'cbh');
        assert.equal(taken.length, Math.min(1, wanting.length));
        const [won] = taken;
        if (!won) return;
        const best = (one: Registration) =>
          one.events.filter(({ mechanism }) => mechanism === 'cbh').map(({ path }) => path);
        for (const { registration, event } of wanting) {
          assert.ok(!best(won).every((path) => moreSpecific(event.path, path)), 'nobody is more specific');
          const isEqual = best(won).some((path) => path === event.path);
          const beaten = best(won).every((path) => path === event.path || moreSpecific(event.path, path) === false);
          if (isEqual && best(won).length === 1 && beaten) assert.ok(byAge(won, registration) >= 0, 'nobody is newer');
        }
      }),
    );
  });

  it('rnd: the same one for the same event, another for others, and who leaves changes no draw of the rest', () => {
    fc.assert(
      fc.property(registrations, fc.uuid(), (all, id) => {
        const claims = claimsOf(all);
        const [drawn] = chooseHandlers(claims, 'rnd', id).taken;
        assert.equal(chooseHandlers(claims.toReversed(), 'rnd', id).taken[0], drawn);
        const leaver = having(all, 'rnd').find((one) => one !== drawn);
        const left = claims.filter(({ registration }) => registration !== leaver);
        assert.equal(chooseHandlers(left, 'rnd', id).taken[0], drawn);
      }),
    );
    const four = claimsOf(
      [0, 1, 2, 3].map((at) => ({
        uuid: `u${at}`,
        name: `r${at}`,
        events: [{ path: PATH, mechanism: 'rnd', expiresAtMs: Number.POSITIVE_INFINITY }],
        registeredAtMs: at,
        place: 0,
      })),
    );
    const counts = new Map<string, number>();
    for (let at = 0; at < 400; at++) {
      const [drawn] = chooseHandlers(four, 'rnd', `event ${at}`).taken;
      counts.set(drawn!.name, (counts.get(drawn!.name) ?? 0) + 1);
    }
    for (const count of counts.values()) assert.ok(count > 60 && count < 140, `${count} of 400`);
  });

  it('rra: each as often as the others, and who comes or goes moves nobody’s turn', () => {
    fc.assert(
      fc.property(registrations, fc.nat({ max: 30 }), (all, rounds) => {
        const { inTurn } = chooseHandlers(claimsOf(all), 'rra', 'e');
        assert.deepEqual(names(inTurn), names(having(all, 'rra').sort(byAge)));
        if (inTurn.length === 0) return assert.equal(nextInTurn(inTurn, undefined), undefined);
        const served: string[] = [];
        let last: Registration | undefined;
        for (let at = 0; at < rounds; at++) {
          last = nextInTurn(inTurn, last && ageOf(last))!;
          served.push(last.name);
        }
        const counts = inTurn.map(({ name }) => served.filter((one) => one === name).length);
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
        if (!last || inTurn.length < 3) return;
        const next = nextInTurn(inTurn, ageOf(last))!;
        const gone = inTurn.find((one) => one !== next)!;
        assert.equal(
          nextInTurn(
            inTurn.filter((one) => one !== gone),
            ageOf(last),
          ),
          next,
        );
      }),
    );
  });

  it('*: whoever any mechanism gives, each once', () => {
    fc.assert(
      fc.property(registrations, (all) => {
        const { taken, inTurn } = chooseHandlers(claimsOf(all), '*', 'e');
        const both = [...taken, ...inTurn];
        assert.equal(new Set(both).size, both.length);
        for (const one of [...having(all, 'evt'), ...having(all, 'evb'), ...having(all, 'rra')])
          assert.ok(both.includes(one));
        for (const mechanism of ['cbh', 'rnd'] as const) {
          const [chosen] = chooseHandlers(claimsOf(all), mechanism, 'e').taken;
          if (chosen) assert.ok(both.includes(chosen));
        }
      }),
    );
  });
});
