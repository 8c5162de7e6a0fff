import assert from 'node:assert/strict';
import fc from 'fast-check';
import { callAnswer } from '../../core/apicall/call-answer.js';
import { type AttemptEnd, retryAfterMs, retryWaitMs } from '../../core/apicall/call-retry.js';
import { CallSlots } from '../../core/apicall/call-slots.js';
import { SecretRedactor } from '../../core/apicall/secret-redactor.js';
import type { Json } from '../../core/contract/json.js';

const ABOUT = { host: 'crm.example.org', attempts: 1, maxBytes: 1_000 };
const answer = (body: string | Buffer, contentType = 'application/json', status = 200) =>
  callAnswer(
    { status, headers: { 'content-type': contentType, 'set-cookie': 'a=b', etag: '"1"' }, body: Buffer.from(body) },
    new SecretRedactor(['secret-of-the-crm']),
    ABOUT,
  );

describe('the answer to a call', () => {
  it('is kept as JSON or text, with the few headers that later steps may need', () => {
    assert.deepEqual(answer('{"a":[1,{"b":null}]}').payload, {
      status: 200,
      headers: { 'content-type': 'application/json', etag: '"1"' },
      body: { a: [1, { b: null }] },
      attempts: 1,
    });
    assert.equal(answer('hello', 'text/plain').payload.body, 'hello');
    assert.equal(answer('').payload.body, null);
    assert.deepEqual(answer('{"a":1}', 'application/problem+json', 404).payload.body, { a: 1 });
  });

  const UNFIT: readonly [what: string, body: string | Buffer, expected: RegExp][] = [
    ['is not the JSON it says', '<html>', /not the JSON/],
    ['is nested too deep', '['.repeat(100_000), /nested over 50/],
    ['is one broken string', `"${'\\"'.repeat(120_000)}`, /not the JSON/],
    ['is nested too deep behind a string', `{"a]}\\"":${'['.repeat(60)}${']'.repeat(60)}}`, /nested over 50/],
    ['is no text', Buffer.from([0xff, 0xfe, 0]), /no text in UTF-8/],
  ];
  for (const [what, body, expected] of UNFIT)
    it(`is refused where it ${what}`, () => {
      const { payload, problem } = answer(body);
      assert.equal(problem?.code, 'apicall_answer_unfit');
      assert.match(problem.message, expected);
      assert.equal(payload.body, null);
    });

  it('fails with any status but 2xx, and is kept', () => {
    const { payload, problem } = answer('{"why":"no secret-of-the-crm here"}', 'application/json', 401);
    assert.deepEqual([problem?.code, problem?.message], ['apicall_status', 'crm.example.org answered HTTP 401.']);
    assert.deepEqual(payload.body, { why: 'no *** here' });
    assert.match(answer('', '', 302).problem!.message, /redirect is not followed/);
  });

  it('has no secret in it whose letters have another case beyond the first plane, or two letters for one', () => {
    const shown = (secret: string, said: string): string => new SecretRedactor([secret]).text(said);
    assert.equal(shown('key-\u{104b0}-of-crm', 'it is KEY-\u{104d8}-OF-CRM'), 'it is ***');
    assert.equal(shown('straße-of-crm', 'it is STRASSE-OF-CRM'), 'it is ***');
  });

  it('has no secret in it, in whatever form the callee repeats one', () => {
    const secret = fc
      .string({ unit: 'binary', minLength: 8, maxLength: 30 })
      .filter((text) => !/\p{Surrogate}/u.test(text));
    const form = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase().toLowerCase(),
      encodeURIComponent,
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(text).toString('hex'),
      (text: string) => JSON.stringify(text).slice(1, -1),
    );
    fc.assert(
      fc.property(secret, form, fc.string(), fc.string(), (hidden, write, before, after) => {
        const redactor = new SecretRedactor([hidden]);
        const said = `${before}${write(hidden)}${hidden}${after}`;
        const shown = JSON.stringify(redactor.value({ list: [said, { [said]: hidden }], number: 12 } as Json));
        for (const text of [shown, redactor.text(said)]) {
          assert.ok(
            !text.includes(hidden) &&
              !text.includes(write(hidden)) &&
              !text.includes(JSON.stringify(hidden).slice(1, -1)),
          );
        }
      }),
      { numRuns: 80 },
    );
  });

  it('loses nothing where no secret stands in it', () => {
    const redactor = new SecretRedactor(['0123456789-secret-0123456789']);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        assert.deepEqual(redactor.value(plain), plain);
      }),
      { numRuns: 100 },
    );
    assert.equal(new SecretRedactor(['12345678']).value(12345678), '***');
    assert.equal(new SecretRedactor([]).text('as it is'), 'as it is');
  });
});

describe('whether a call is tried again', () => {
  const limits = { attempt: 1, attempts: 3, leftMs: 10_000, mayBeRepeated: true, random: 1 };
  const status = (code: number, afterMs?: number): AttemptEnd => ({
    kind: 'answered',
    status: code,
    retryAfterMs: afterMs,
  });
  const SENT: AttemptEnd = { kind: 'silent', sent: true };
  const TABLE: readonly [
    what: string,
    end: AttemptEnd,
    change: Partial<typeof limits>,
    expected: number | undefined,
  ][] = [
    ['503: after a quarter of a second', status(503), {}, 250],
    ['again: twice as long', status(503), { attempt: 2 }, 500],
    ['with chance at its least: half', status(503), { random: 0 }, 125],
    ['the last attempt was made', status(503), { attempt: 3 }, undefined],
    ['404 stays 404', status(404), {}, undefined],
    ['200 needs nothing', status(200), {}, undefined],
    ['the callee asks for two seconds', status(429, 2_000), {}, 2_000],
    ['the callee asks for more than there is', status(429, 20_000), {}, undefined],
    ['no time is left', status(500), { leftMs: 100 }, undefined],
    ['a POST that was answered', status(503), { mayBeRepeated: false }, undefined],
    ['a POST that may have arrived', SENT, { mayBeRepeated: false }, undefined],
    ['a POST that never left', { kind: 'silent', sent: false }, { mayBeRepeated: false }, 250],
    ['a GET without an answer', SENT, {}, 250],
  ];
  for (const [what, end, change, expected] of TABLE)
    it(what, () => {
      assert.equal(retryWaitMs(end, { ...limits, ...change }), expected);
    });

  it('reads Retry-After as seconds and as a date', () => {
    const now = Date.parse('2026-11-23T10:00:00Z');
    assert.deepEqual(
      ['3', 'Mon, 23 Nov 2026 10:00:05 GMT', 'Mon, 23 Nov 2026 09:00:00 GMT', 'soon', undefined].map((header) =>
        retryAfterMs(header, now),
      ),
      [3_000, 5_000, 0, undefined, undefined],
    );
  });
});

describe('slots of calls', () => {
  it('one callee has twelve, all together twenty-five, and who comes too late comes again one after the other', () => {
    const slots = new CallSlots();
    const taken = (host: string, count: number) => Array.from({ length: count }, () => slots.take(host, 1_000));
    const a = taken('a', 14);
    assert.deepEqual(
      a.map(({ ok }) => ok),
      [...Array<boolean>(12).fill(true), false, false],
    );
    assert.deepEqual(a.slice(12), [
      { ok: false, afterMs: 200 },
      { ok: false, afterMs: 210 },
    ]);
    assert.equal([...taken('b', 12), ...taken('c', 3)].filter(({ ok }) => ok).length, 13);
    for (const slot of a) if (slot.ok) slot.release();
    assert.equal(slots.take('a', 1_000).ok, true);
    assert.deepEqual(slots.take('b', 60_000), { ok: false, afterMs: 200 });
  });
});
