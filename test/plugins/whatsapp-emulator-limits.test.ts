import assert from 'node:assert/strict';
import { EmulatorRig, Receiver } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;

describe('whatsapp_emulator: limits that are configured', () => {
  const receiver = new Receiver();
  let hook: string;
  before(async () => {
    hook = await receiver.start();
  });
  after(() => receiver.stop());
  const codesOf = async (rig: EmulatorRig, count: number, to = TO) => {
    const sends = Array.from({ length: count }, (_, at) => rig.text(to, `Message ${at}`));
    return (await Promise.all(sends)).map(({ body }) => body.error?.code);
  };
  const taken = (codes: readonly unknown[]) => codes.filter((code) => code === undefined).length;

  it('counts sends to one client that come at the same moment, and other clients apart', async () => {
    const rig = await EmulatorRig.start(hook, { config: { pair_limit: { interval_ms: 10_000, burst: 3 } } });
    await rig.as(CLIENT, { text: 'Hello' });
    await rig.as('27825550102', { text: 'Hello' });
    const codes = await codesOf(rig, 5);
    assert.equal(taken(codes), 3);
    assert.equal(codes.filter((code) => code === 131056).length, 2);
    assert.deepEqual(await codesOf(rig, 1, '+27825550102'), [undefined]);
    await rig.call('POST', '/emulator/clock', { advance_ms: 20_000 });
    assert.equal(taken(await codesOf(rig, 3)), 2);
    await rig.stop();
  });

  it('plays the throughput of a number: so many sends in any second', async () => {
    const rig = await EmulatorRig.start(hook, { config: { throughput_per_second: 5 } });
    await rig.as(CLIENT, { text: 'Hello' });
    const codes = await codesOf(rig, 8);
    assert.equal(taken(codes), 5);
    assert.ok(codes.includes(130429));
    await rig.call('POST', '/emulator/clock', { advance_ms: 1_001 });
    assert.equal(taken(await codesOf(rig, 5)), 5);
    await rig.stop();
  });

  it('plays the pair limit and keeps only the newest of a chat', async () => {
    const receiver = new Receiver();
    const rig = await EmulatorRig.start(await receiver.start(), { config: { pair_limit: true, chat_kept: 20 } });
    try {
      await rig.as(CLIENT, { text: 'Hello' });
      const codes: unknown[] = [];
      for (let count = 0; count < 46; count++) codes.push((await rig.text(TO, `Message ${count}`)).body.error?.code);
      assert.deepEqual(codes, [...Array(45).fill(undefined), 131056]);
      await rig.call('POST', '/emulator/clock', { advance_ms: 6_000 });
      assert.equal((await rig.text(TO, 'Patience')).status, 200);
      const chat = await rig.chat(CLIENT);
      assert.equal(chat.length, 20);
      assert.equal(chat.at(-1)!.text, 'Patience');
    } finally {
      await rig.stop();
      await receiver.stop();
    }
  });
});
