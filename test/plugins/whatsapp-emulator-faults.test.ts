import assert from 'node:assert/strict';
import { until } from '../support/until.js';
import { EmulatorRig, type Json, NUMBER_ID, Receiver, WABA_ID } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;
const DAY_MS = 86_400_000;

/** The codes of Meta's page "Error codes". */
const META_CODES = {
  'token, permission and account': [0, 104, 190, 3, 10, 200, 368, 131005, 131031, 131037, 131042, 131044, 131045],
  'rates and service': [1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004, 2494100],
  'the recipient': [130403, 130472, 130497, 131020, 131021, 131026, 131030, 131047, 131049, 131050, 131060, 131062, 131064, 131207, 131208, 137000],
  'the body': [33, 100, 131008, 131009, 131051, 131052, 131053, 135000],
  templates: [132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132021, 132068, 132069, 134101],
  'registration and the rest': [
    131055, 131063, 133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016, 134011, 134100, 134102, 139200, 147001, 147002, 147003,
    147004, 147005,
  ],
}; // biome-ignore format: lists read best

/** From the same page; 400 if it gives none. */
const STATUSES: { readonly [status: number]: readonly number[] } = {
  401: [0, 104, 190],
  403: [10, 200, 368, 130497, 131005, 131031, 131207],
  404: [132001],
  500: [3, 131000, 131016, 131045, 131057, 133000],
  503: [2, 133004],
};
const statusOf = (code: number): number =>
  Number(Object.entries(STATUSES).find(([, codes]) => codes.includes(code))?.[0] ?? 400);

describe('whatsapp_emulator: faults and the clock', () => {
  let receiver: Receiver;
  let rig: EmulatorRig;
  const fault = async (body: Json) => (await rig.call('POST', '/emulator/faults', body)).body;
  const codeOf = async () => (await rig.text(TO, 'x')).body.error?.code;

  beforeEach(async () => {
    receiver = new Receiver();
    rig = await EmulatorRig.start(await receiver.start());
    await rig.as(CLIENT, { text: 'Hello' });
    await receiver.has(1);
  });
  afterEach(async () => {
    await rig.stop();
    await receiver.stop();
  });

  it('answers a code of Meta so often as asked, and then is well', async () => {
    await fault({ kind: 'error_code', code: 130429, times: 2 });
    assert.deepEqual([await codeOf(), await codeOf(), await codeOf()], [130429, 130429, undefined]);
    assert.equal((await rig.chat(CLIENT)).length, 2);
    assert.deepEqual((await rig.call('GET', '/emulator/faults')).body, []);
  });

  for (const [kind, codes] of Object.entries(META_CODES))
    it(`answers each code about ${kind}, in Meta’s form`, async () => {
      for (const code of codes) {
        await fault({ kind: 'error_code', code, times: 1 });
        const { status, body } = await rig.text(TO, 'x');
        const { error } = body;
        assert.deepEqual([error.code, error.type], [code, 'OAuthException']);
        assert.ok(
          error.message.startsWith(`(#${code}) `) && !error.message.endsWith('played by the emulator'),
          error.message,
        );
        assert.ok(error.fbtrace_id);
        assert.equal(status, statusOf(code), String(code));
      }
      assert.equal((await rig.chat(CLIENT)).length, 1);
    });

  it('answers a code with the HTTP status, the marks and the details that are asked for', async () => {
    const asked = { code: 999_001, status: 429, is_transient: true, subcode: 7, details: 'Wait a little' };
    await fault({ kind: 'error_code', times: 1, ...asked });
    const { status, body } = await rig.text(TO, 'x');
    const { code, is_transient, error_subcode, error_data } = body.error;
    assert.deepEqual([status, code, is_transient, error_subcode], [429, 999_001, true, 7]);
    assert.equal(error_data.details, 'Wait a little');
  });

  it('answers as a broken server does: empty, as a page, as text, as half of JSON', async () => {
    const answers: unknown[] = [];
    for (const body of ['empty', 'html', 'text']) {
      await fault({ kind: 'http_error', status: 503, body, times: 1 });
      const answer = await rig.text(TO, 'x');
      assert.equal(answer.status, 503);
      answers.push(answer.body);
    }
    assert.equal(answers[0], '');
    assert.match(String(answers[1]), /^<html>/);
    assert.match(String(answers[2]), /^upstream/);
    await fault({ kind: 'http_error', status: 500, body: 'cut_json', times: 1 });
    await assert.rejects(rig.text(TO, 'x'), SyntaxError);
    assert.equal((await rig.chat(CLIENT)).length, 1);
  });

  it('destroys the connection before anything is done', async () => {
    await fault({ kind: 'drop_request', times: 1 });
    await assert.rejects(rig.text(TO, 'Lost request'));
    assert.equal((await rig.chat(CLIENT)).length, 1);
    assert.equal((await rig.call('GET', '/emulator/requests')).body.at(-1).status, 0);
  });

  it('accepts a message and answers something else', async () => {
    await fault({ kind: 'bad_answer', times: 1 });
    const { status, body } = await rig.text(TO, 'Accepted');
    assert.equal(status, 200);
    assert.match(body, /^<html>/);
    assert.equal((await rig.chat(CLIENT)).at(-1)!.text, 'Accepted');
  });

  it('strikes calls of the kind that is named, or all', async () => {
    const codes = async () => {
      const calls = [
        rig.text(TO, 'x'),
        rig.graph('GET', `/${WABA_ID}/message_templates`),
        rig.graph('GET', `/${NUMBER_ID}`),
      ];
      return (await Promise.all(calls)).map(({ body }) => body.error?.code);
    };
    const { id } = await fault({ kind: 'error_code', code: 80007, on: 'templates' });
    assert.deepEqual(await codes(), [undefined, 80007, undefined]);
    await rig.call('DELETE', `/emulator/faults/${id}`);
    await fault({ kind: 'error_code', code: 190, on: 'all', profile: 'main' });
    assert.deepEqual(await codes(), [190, 190, 190]);
    assert.equal((await rig.text(TO, 'x')).status, 401);
  });

  it('strikes only the client that is named', async () => {
    await rig.as('27825550102', { text: 'Hello' });
    await fault({ kind: 'error_code', code: 131056, client: '+27 82 555 0102' });
    assert.equal(await codeOf(), undefined);
    assert.equal((await rig.text('+27825550102', 'x')).body.error.code, 131056);
  });

  it('answers 500 without JSON and without accepting', async () => {
    await fault({ kind: 'http_500', times: 1 });
    assert.deepEqual(await rig.text(TO, 'x'), { status: 500, body: 'Internal Server Error' });
    assert.equal((await rig.chat(CLIENT)).length, 1);
  });

  it('accepts a message and destroys the connection in place of the answer', async () => {
    await fault({ kind: 'drop_answer', times: 1 });
    await assert.rejects(rig.text(TO, 'Lost answer', { biz_opaque_callback_data: 'd1' }));
    const got = await receiver.has(3);
    assert.equal(got[1]!.value.statuses[0].biz_opaque_callback_data, 'd1');
    assert.equal((await rig.chat(CLIENT)).at(-1)!.text, 'Lost answer');
    assert.equal((await rig.call('GET', `/emulator/requests?client=${CLIENT}`)).body.at(-1).status, 0);
  });

  it('makes the answer late; statuses do not wait for it', async () => {
    await fault({ kind: 'latency', ms: 3_000, times: 1 });
    const begin = performance.now();
    const sending = rig.text(TO, 'Late').then(() => performance.now() - begin);
    await receiver.has(3);
    const statusesAfter = performance.now() - begin;
    assert.ok((await sending) >= 2_990);
    assert.ok(statusesAfter < 2_990, `${statusesAfter}`);
  });

  it('fails a message after accepting it', async () => {
    await fault({ kind: 'fail_status', code: 131047, times: 1 });
    const { status, body } = await rig.text(TO, 'Accepted');
    assert.equal(status, 200);
    const { value } = (await receiver.has(2)).at(-1)!;
    assert.equal(value.contacts, undefined);
    assert.equal(value.statuses[0].id, body.messages[0].id);
    assert.equal(value.statuses[0].status, 'failed');
    assert.equal(value.statuses[0].errors[0].code, 131047);
    assert.equal((await rig.chat(CLIENT)).at(-1)!.status, 'failed');
  });

  it('posts webhooks twice', async () => {
    await fault({ kind: 'duplicate_webhooks', times: 1 });
    await rig.as(CLIENT, { text: 'Echo' });
    await rig.as(CLIENT, { text: 'Once' });
    await receiver.has(4);
    assert.deepEqual(receiver.lines(), ['Hello', 'Echo', 'Echo', 'Once']);
  });

  it('holds statuses back until the fault ends, and messages not', async () => {
    const { id } = await fault({ kind: 'hold_statuses', client: CLIENT });
    await rig.text(TO, 'One');
    await rig.as(CLIENT, { text: 'Two' });
    await receiver.has(2);
    assert.deepEqual(receiver.lines(), ['Hello', 'Two']);
    assert.deepEqual((await rig.call('DELETE', `/emulator/faults/${id}`)).body, { removed: 1 });
    await receiver.has(5);
    assert.deepEqual(receiver.lines(), ['Hello', 'Two', 'sent', 'delivered', 'read']);
  });

  it('refuses a fault that makes no sense', async () => {
    const codes = await Promise.all([
      fault({ kind: 'latency' }),
      fault({ kind: 'meteor' }),
      fault({ kind: 'http_500', profile: 'x' }),
    ]);
    assert.deepEqual(
      codes.map((body) => body.error.code),
      Array(3).fill('validation_failed'),
    );
    assert.equal((await rig.call('DELETE', '/emulator/faults/99')).status, 404);
  });

  it('moves the clock forward, never back', async () => {
    const { body: before } = await rig.call('GET', '/emulator/clock');
    const { body: after } = await rig.call('POST', '/emulator/clock', { advance_ms: DAY_MS });
    assert.ok(after.now_ms - before.now_ms >= DAY_MS && after.offset_ms - before.offset_ms === DAY_MS);
    assert.equal((await rig.call('POST', '/emulator/clock', { advance_ms: -1 })).status, 422);
    assert.equal((await rig.call('POST', '/emulator/clock', { advance_ms: 401 * DAY_MS })).status, 422);
  });

  it('moves the retries of webhooks with the clock, and gives one up after 7 days', async () => {
    receiver.before = async ({ value }) => {
      if (value.messages?.[0].text.body === 'Lost') receiver.answers.unshift(503);
    };
    await rig.as(CLIENT, { text: 'Lost' });
    await rig.as(CLIENT, { text: 'Next' });
    await until('some tries', () => receiver.posts > 3);
    await rig.call('POST', '/emulator/clock', { advance_ms: 8 * DAY_MS });
    await receiver.has(2);
    assert.deepEqual(receiver.lines(), ['Hello', 'Next']);
  });
});
