import assert from 'node:assert/strict';
import { until } from '../support/until.js';
import { EmulatorRig, type Json, Receiver, WABA_ID } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;

describe('whatsapp_emulator: webhooks out of order', () => {
  let receiver: Receiver;
  let rig: EmulatorRig;

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

  const fault = (request: Json) => rig.call('POST', '/emulator/faults', request);
  const statuses = () => receiver.got.flatMap(({ value }) => value.statuses ?? []);

  it('reverses the webhooks of a call', async () => {
    await fault({ kind: 'reverse_webhooks', times: 1 });
    await rig.text(TO, 'Good day');
    await receiver.has(3);
    assert.deepEqual(receiver.lines(), ['Hello', 'delivered', 'sent']);
  });

  it('lets later messages pass one that is delayed', async () => {
    await fault({ kind: 'delay_webhooks', ms: 60_000, times: 1 });
    await rig.as(CLIENT, { text: 'First' });
    await rig.as(CLIENT, { text: 'Second' });
    await receiver.has(2);
    await rig.call('POST', '/emulator/clock', { advance_ms: 60_000 });
    await receiver.has(3);
    assert.deepEqual(receiver.lines(), ['Hello', 'Second', 'First']);
  });

  it('leaves delivered out; read then carries the price', async () => {
    await fault({ kind: 'skip_delivered', times: 1 });
    await rig.text(TO, 'Good day');
    await rig.as(CLIENT, { text: 'Thanks' });
    await receiver.has(4);
    assert.deepEqual(receiver.lines(), ['Hello', 'sent', 'read', 'Thanks']);
    assert.deepEqual(
      statuses().map(({ pricing }) => pricing !== undefined),
      [true, true],
    );
  });

  it('fails a message after it was delivered', async () => {
    await fault({ kind: 'fail_after_delivered', code: 131026, times: 1 });
    await rig.text(TO, 'Good day');
    await receiver.has(4);
    assert.deepEqual(receiver.lines(), ['Hello', 'sent', 'delivered', 'failed']);
    assert.equal(statuses().at(-1).errors[0].code, 131026);
    assert.equal((await rig.chat(CLIENT)).at(-1)!.status, 'failed');
  });

  it('posts statuses before the answer of the send', async () => {
    await fault({ kind: 'latency', ms: 1_000, times: 1 });
    let answered = false;
    const sending = rig.text(TO, 'Good day').then(() => (answered = true));
    await receiver.has(3);
    assert.deepEqual(receiver.lines(), ['Hello', 'sent', 'delivered']);
    assert.equal(answered, false);
    await sending;
  });

  for (const shape of ['entries', 'changes', 'values']) {
    it(`puts the updates of several clients into one POST: ${shape}`, async () => {
      await fault({ kind: 'batch_webhooks', size: 3, within_ms: 600_000, shape });
      const clients = ['27825550111', '27825550112', '27825550113'];
      for (const client of clients) await rig.as(client, { text: `From ${client}` });
      const { raw, signed } = (await receiver.has(2))[1]!;
      assert.ok(signed);
      const { object, entry } = JSON.parse(raw);
      assert.equal(object, 'whatsapp_business_account');
      const changes = entry.flatMap((each: { changes: Json[] }) => each.changes);
      assert.deepEqual([entry.length, changes.length], { entries: [3, 3], changes: [1, 3], values: [1, 1] }[shape]);
      assert.equal(entry[0].id, WABA_ID);
      const messages = changes.flatMap(({ value }: { value: { messages: Json[] } }) => value.messages);
      assert.deepEqual(
        messages.map(({ from }: Json) => from),
        clients,
      );
      for (const client of clients)
        await until('its second tick', async () => (await rig.chat(client))[0]?.status === 'delivered');
    });
  }

  it('posts a batch that is not full when its time is over', async () => {
    await fault({ kind: 'batch_webhooks', size: 10, within_ms: 60_000 });
    await rig.text(TO, 'Good day');
    await rig.call('POST', '/emulator/clock', { advance_ms: 60_000 });
    assert.equal(JSON.parse((await receiver.has(2))[1]!.raw).entry.length, 2);
  });

  it('posts the newest webhooks again, the same bytes', async () => {
    await rig.text(TO, 'Good day');
    await receiver.has(3);
    await until('the list', async () => (await rig.call('GET', '/emulator/webhooks')).body.length === 3);
    const answer = await rig.call('POST', '/emulator/webhooks/replay', { last: 2 });
    assert.deepEqual(answer.body, { replayed: 2 });
    const got = await receiver.has(5);
    assert.deepEqual(
      got.slice(3).map(({ raw }) => raw),
      got.slice(1, 3).map(({ raw }) => raw),
    );
    assert.ok(got.every(({ signed }) => signed));
  });

  it('signs and posts any change of any field, with metadata only where asked', async () => {
    const echoes = { message_echoes: [{ id: 'wamid.e', from: '15550000001', to: CLIENT, type: 'text' }] };
    await rig.call('POST', '/emulator/webhooks', { field: 'smb_message_echoes', value: echoes, metadata: true });
    await rig.call('POST', '/emulator/webhooks', { field: 'account_alerts', value: { alert_type: 'X/ü' } });
    const [echo, alert] = (await receiver.has(3)).slice(1);
    assert.ok(echo!.signed && alert!.signed);
    assert.deepEqual(echo!.value.message_echoes, echoes.message_echoes);
    assert.equal(echo!.value.metadata.phone_number_id, '100000000000001');
    assert.deepEqual(alert!.value, { alert_type: 'X/ü' });
    assert.ok(alert!.raw.includes('X\\/\\u00fc'));
  });

  it('posts a whole body as it is', async () => {
    const seen: string[] = [];
    receiver.before = async ({ raw, signed }) => void (signed && seen.push(raw));
    const body = `{"object":"whatsapp_business_account",  "entry":[{"changes":[{"value":{"errors":[]}}]}]}`;
    await rig.call('POST', '/emulator/webhooks', { body });
    await until('the body', () => seen.includes(body));
  });
});
