import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GraphTarget } from '../../plugins/meta_whatsapp/call-advice.js';
import { ERROR_CODES } from '../../plugins/meta_whatsapp/error-codes.js';
import { hiding, hidingWords } from '../../plugins/meta_whatsapp/hidden-words.js';
import { withCredential } from '../../plugins/meta_whatsapp/profiles/credential.js';
import {
  concernsProfile,
  outcomeOf,
  outcomeOfBroken,
  problemOfStatus,
} from '../../plugins/meta_whatsapp/send-outcome.js';

const refused = (code: unknown, more: object = {}) =>
  outcomeOf(400, JSON.stringify({ error: { message: `(#${code}) no`, code, ...more } }));
const wordOf = (code: number) => {
  const outcome = refused(code);
  return outcome.result === 'retry' ? `retry ${outcome.limit}` : outcome.result;
};
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Every code of Meta's page, by what it says about the message. */
const TABLE: readonly (readonly [string, readonly number[]])[] = [
  ['retry none', [4, 80007, 131208]],
  ['retry rate', [130429]],
  ['retry pair', [131056]],
  ['unknown', [1, 2, 131000, 131016]],
  ['later', [131057, 133004, 2494100, 134101]],
  ['window_closed', [131047]],
  ['halt', [0, 104, 190]], // the token
  ['halt', [3, 10, ...numbers(200, 299), 131005]], // permissions
  ['halt', [33, 368, 131031, 131042, 131044, 131037]], // number deleted, account, payment, display name
  ['halt', [131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016]], // registration, PIN
  ['rejected', [100, 131008, 131009, 131051, 135000]], // parameters
  ['rejected', [131021, 131026, 131030, 131050, 131049, 130472, 130403, 130497, 131062]], // the client
  ['rejected', [131048, 131064, 139200, 131055, 131063, 134100, 134102]], // limits
  ['rejected', [131052, 131053, 131060, 134011, 137000, ...numbers(139000, 139006), ...numbers(147001, 147005)]],
  ['rejected', [132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016]], // templates
  ['rejected', [132018, 132021, 132068, 132069]],
  ['rejected', [131020, 131041, 131059, 131201, 131202, 131204, 131207, ...numbers(131209, 131212)]], // groups
  ['rejected', [1752041, 200005, 200006, 200007, 2593107, 2593108]], // management
];

describe('meta_whatsapp: what Meta’s answer to a send means', () => {
  it('an id is acceptance', () => {
    assert.deepEqual(outcomeOf(200, '{"messages":[{"id":"wamid.1"}]}'), { result: 'accepted', providerId: 'wamid.1' });
  });

  for (const [expected, codes] of TABLE) {
    it(`${expected}: ${codes[0]} and the like (${codes.length} codes)`, () => {
      for (const code of codes) assert.equal(wordOf(code), expected, `code ${code}`);
    });
  }

  it('the table and Meta’s page list the same codes', () => {
    const listed = new Set(TABLE.flatMap(([, codes]) => codes));
    assert.deepEqual([...ERROR_CODES.keys()].sort(), [...listed].sort());
  });

  it('every refusal says the code, Meta’s words and what to do', () => {
    for (const code of ERROR_CODES.keys()) {
      const outcome = refused(code, { error_data: { details: 'Because of this.' } });
      assert.ok(outcome.result !== 'accepted' && outcome.result !== 'prepare');
      assert.equal(outcome.problem.provider_code, code);
      assert.match(outcome.problem.message, new RegExp(`^Meta refused with ${code}: Because of this\\. .{20}`));
    }
    const missing = refused(132001);
    assert.ok(missing.result === 'rejected' && missing.problem.message.includes('missing in this language'));
  });

  it('100 with subcode 33 refuses the profile: the number is not there, or the token has no access to it', () => {
    for (const error_subcode of [33, '33']) {
      const outcome = refused(100, { error_subcode });
      assert.ok(outcome.result === 'halt');
      assert.equal(outcome.problem.provider_code, 100);
      assert.match(outcome.problem.message, /not know this phone_number_id, .*then resume the profile/);
      const known = withCredential(outcome, { access_token: 'a' });
      assert.ok(known.result === 'halt' && known.credential, 'another token may have access');
    }
    assert.equal(refused(100, { error_subcode: 2494010 }).result, 'rejected');
    assert.equal(refused(131009, { error_subcode: 33 }).result, 'rejected', 'the subcode counts only beside 100');
  });

  it('gives advice that fits the call: only a message is corrected in the stub template', () => {
    const error = { code: 100, message: 'Unsupported request' };
    const told = (target: GraphTarget, more: object = {}) => {
      const outcome = outcomeOf(400, JSON.stringify({ error: { ...error, ...more } }), undefined, target);
      return 'problem' in outcome ? outcome.problem.message : '';
    };
    const noObject = { error_subcode: 33 };
    assert.match(told('message'), /Correct the notification in the stub template/);
    assert.match(told('read_mark'), /messages that clients sent/);
    assert.match(told('commands'), /Correct "commands" of the profile/);
    assert.match(told('upload'), /type and its size/);
    for (const target of ['read_mark', 'commands', 'upload', 'number'] as const)
      assert.match(told(target, noObject), /not know this phone_number_id/, target);
    assert.match(told('account', noObject), /not know this waba_id/);
    assert.match(told('media', noObject), /deletes the files of clients after 7 days/);
    assert.match(
      told('account', { code: 190 }),
      /access token .* expired/,
      'what fits every call is said for every call',
    );
    const others: GraphTarget[] = ['read_mark', 'commands', 'upload', 'media', 'number', 'account'];
    for (const target of others)
      for (const more of [{}, noObject, { code: 131009 }]) assert.doesNotMatch(told(target, more), /stub template/);
  });

  it('the code decides beside every HTTP status that Meta documents for it', () => {
    const DOCUMENTED: readonly (readonly [number, readonly number[]])[] = [
      [401, [0, 190]],
      [403, [10, 200, 299, 368, 130497, 131005, 131031, 131207]],
      [404, [132001]],
      [429, [131208]],
      [500, [3, 131000, 131016, 131045, 131057, 133000]],
      [503, [2, 133004]],
      [206, [131201]],
    ];
    for (const [status, codes] of DOCUMENTED)
      for (const code of codes) {
        const { result } = outcomeOf(status, JSON.stringify({ error: { message: 'no', code } }));
        assert.equal(result, refused(code).result, `${code} with HTTP ${status}`);
      }
  });

  it('a client who stopped marketing has a problem of that name, in an answer and in a status', () => {
    const outcome = refused(131050);
    assert.equal(outcome.result === 'rejected' && outcome.problem.code, 'client_opted_out');
    assert.equal(problemOfStatus({ code: 131050, title: 'stopped' }).code, 'client_opted_out');
  });

  it('a code that is not known is final, unless Meta calls it transient: then nobody knows', () => {
    assert.equal(refused(999_999).result, 'rejected');
    assert.equal(refused(999_999, { is_transient: true }).result, 'unknown');
    assert.equal(refused(132001, { is_transient: true }).result, 'rejected', 'a known code says more');
  });

  it('an unknown code of a server that failed leaves it open; an id with any success is acceptance', () => {
    const body = JSON.stringify({ error: { message: 'x', code: 999_999 } });
    assert.deepEqual([outcomeOf(503, body).result, outcomeOf(400, body).result], ['unknown', 'rejected']);
    assert.equal(outcomeOf(201, '{"messages":[{"id":"w"}]}').result, 'accepted');
    assert.equal(outcomeOf(202, '').result, 'unknown');
    assert.equal(outcomeOf(200, JSON.stringify({ error: { message: 'x', code: 131026 } })).result, 'rejected');
    const without = (...statuses: number[]) => statuses.map((status) => outcomeOf(status, '<html>').result);
    assert.deepEqual(without(302, 307, 401, 407), ['halt', 'halt', 'halt', 'halt'], 'nothing else would get through');
    assert.deepEqual(without(400, 403, 404, 413), ['rejected', 'rejected', 'rejected', 'rejected']);
    assert.deepEqual(without(408, 425), ['retry', 'retry'], 'not heard as a whole');
  });

  it('an answer that breaks off was no refusal for good: of 4xx nothing was sent, of others nobody knows', () => {
    assert.deepEqual(
      [400, 429, 200, 500].map((status) => outcomeOfBroken(status).result),
      ['retry', 'retry', 'unknown', 'unknown'],
    );
  });

  it('shows neither token nor words of the message, which Meta’s words may repeat', () => {
    const message = { type: 'text', text: { body: 'Your pin is 4711' }, name: 'kept_name' };
    const details = `kept_name: "Your pin is 4711" is wrong. ${'x'.repeat(420)} token EAAG-secret-token-of-ours`;
    const outcome = outcomeOf(
      400,
      JSON.stringify({ error: { code: 100, error_data: { details } } }),
      hiding('EAAG-secret-token-of-ours', message),
    );
    assert.ok(outcome.result === 'rejected');
    assert.match(outcome.problem.message, /kept_name: "\(a text of the message\)" is wrong/);
    assert.doesNotMatch(outcome.problem.message, /4711|EAAG/);
    assert.doesNotMatch(problemOfStatus({ code: 131053, title: details }, hidingWords(message)).message, /4711/);
  });

  it('the code decides, not the HTTP status, and it may be written as text', () => {
    const body = JSON.stringify({ error: { message: 'x', code: 130429 } });
    for (const status of [400, 403, 500, 503]) assert.equal(outcomeOf(status, body).result, 'retry');
    assert.equal(refused('190').result, 'halt');
  });

  it('a template that is being spread gets longer than the ten minutes that it may take', () => {
    const outcome = refused(134101);
    assert.ok(outcome.result === 'later' && outcome.afterMs * 8 > 600_000);
  });

  it('no word of Meta’s: 5xx and an empty 200 leave it open, 4xx does not', () => {
    for (const [status, text] of [
      [502, '<html>'],
      [500, ''],
      [200, ''],
      [200, '{}'],
      [200, '{"messages":[]}'],
    ] as const)
      assert.equal(outcomeOf(status, text).result, 'unknown', `${status} ${text}`);
    assert.equal(outcomeOf(404, 'not here').result, 'rejected');
    assert.equal(outcomeOf(429, '').result, 'retry');
  });

  it('takes whatever a body holds (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.json(), fc.string()), (status, text) => {
        assert.ok(outcomeOf(status, text).result);
      }),
    );
    const strange = [
      null,
      [],
      'x',
      7,
      { error: null },
      { error: 'x' },
      { error: { code: {} } },
      { error: { code: null } },
    ];
    for (const body of strange) assert.equal(outcomeOf(500, JSON.stringify(body)).result, 'unknown');
    assert.equal(refused(100, { error_data: null }).result, 'rejected');
    assert.equal(refused(100, { error_data: { details: { a: 1 } } }).result, 'rejected');
  });
});

describe('meta_whatsapp: what a failure by status means', () => {
  it('has Meta’s code, its words in any of their forms, and what to do', () => {
    const of = (error: object) => problemOfStatus({ code: 131026, ...error });
    for (const error of [{ error_data: { details: 'Why' } }, { details: 'Why' }, { title: 'Why' }]) {
      assert.match(of(error).message, /^Meta reports a failure with 131026: Why\. The number cannot get it/);
      assert.equal(of(error).code, 'provider_failed');
    }
    assert.deepEqual(problemOfStatus(undefined), {
      code: 'provider_failed',
      message: 'Meta reports a failure: no reason given',
    });
  });

  it('has every code of Meta’s page with what to do: as in an answer, or where it passes to send it again', () => {
    for (const [expected, codes] of TABLE)
      for (const code of codes) {
        const { message, provider_code } = problemOfStatus({ code, title: 'Why' });
        assert.equal(provider_code, code);
        const isLasting = ['halt', 'rejected', 'window_closed'].includes(expected);
        const advice = isLasting ? ERROR_CODES.get(code)!.advice : 'Send it again with POST /api/deliveries/<id>/retry';
        assert.ok(message.includes(advice), message);
        assert.equal(concernsProfile(code), expected === 'halt', `code ${code}`);
      }
  });

  it('says of some codes that the profile is refused, not the message', () => {
    assert.deepEqual([131042, 131031, 190].map(concernsProfile), [true, true, true]);
    assert.deepEqual([131026, 131047, 131049, 999_999, undefined].map(concernsProfile), [
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
