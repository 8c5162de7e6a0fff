import assert from 'node:assert/strict';
import { until } from '../support/until.js';
import { EmulatorRig, type Json, Receiver } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;
const DAY_MS = 86_400_000;

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
    await fault({ kind: 'latency', ms: 300, times: 1 });
    const begin = performance.now();
    const sending = rig.text(TO, 'Late').then(() => performance.now() - begin);
    await receiver.has(3);
    const statusesAfter = performance.now() - begin;
    assert.ok((await sending) >= 290);
    assert.ok(statusesAfter < 290, `${statusesAfter}`);
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
