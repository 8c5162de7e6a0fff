import assert from 'node:assert/strict';
import { askAll } from '../support/fault-http.js';
import { postWebhook, signed, textWebhook } from '../support/fault-webhook.js';
import { type Case, FaultWorld } from '../support/fault-world.js';
import { until } from '../support/until.js';

const AT_ONCE = 50;
/** Marks of BullMQ's own that come and go by themselves. */
const COMES_AND_GOES = /:(stalled-check|limiter)$/;

describe('webhooks to two engines on one Redis', () => {
  let world: FaultWorld;
  let session: Case;

  before(async () => {
    world = await FaultWorld.open({ engines: 2 });
    session = await world.newSession();
  });
  after(() => world?.close());

  const received = async (): Promise<string[]> => {
    const posts = await askAll(`${world.engine.url}/api/stubs/${session.stubref}/posts`);
    return posts
      .filter((post) => post.action_name === '_update_from_whatsapp')
      .map((post) => post.message)
      .reverse();
  };
  const quiet = () =>
    until('the mailboxes to be empty', async () => (await world.redis.zcard(world.keys.mail())) === 0);
  const everything = async () => (await world.redis.keys('*')).filter((key) => !COMES_AND_GOES.test(key)).sort();

  it(`one webhook posted ${AT_ONCE} times at once makes one stubpost`, async () => {
    const webhook = textWebhook(session.client, 'wamid.fifty', 'one of fifty');
    const posts = Array.from({ length: AT_ONCE }, (_, at) => postWebhook(world.engines[at % 2]!.url, webhook));
    assert.deepEqual(new Set((await Promise.all(posts)).map(({ status }) => status)), new Set([200]));
    await until('it to land', async () => (await received()).length > 0);
    await quiet();
    assert.deepEqual(await received(), ['one of fifty']);
  });

  it('a wrong, missing or malformed signature gets 401, and nothing is written', async () => {
    await quiet();
    const before = await everything();
    const webhook = textWebhook(session.client, 'wamid.forged', 'forged');
    const good = signed(webhook);
    const other = Buffer.from(`${webhook} `);
    const forged: [body: Buffer, signature: string][] = [
      [webhook, signed(webhook, 'another secret')],
      [other, good],
      [webhook, ''],
      [webhook, good.slice('sha256='.length)],
      [webhook, good.slice(0, -1)],
      [webhook, `${good}00`],
      [webhook, good.replace('sha256', 'sha1')],
      [webhook, `sha256=${'z'.repeat(64)}`],
      [webhook, 'sha256='],
      [webhook, `${good}, ${good}`],
      [Buffer.from('no JSON'), signed(webhook)],
    ];
    for (const [body, signature] of forged) {
      const answer = await postWebhook(world.engine.url, body, signature);
      assert.deepEqual([answer.status, answer.body.error.code], [401, 'signature_invalid'], signature);
    }
    assert.deepEqual(await everything(), before);
  });

  it('a broken body with a good signature gets 400 or is counted, and the engine stays up', async () => {
    const { pid } = world.engine;
    const before = await received();
    const deep = `${'{"entry":['.repeat(3_000)}${']}'.repeat(3_000)}`;
    const notJson = [
      '',
      '{',
      '"text"',
      '[]',
      'null',
      '7',
      '\u0000',
      '{"entry":',
      Buffer.from([0xff, 0xfe, 0x00]).toString('latin1'),
    ];
    for (const body of notJson) {
      const answer = await postWebhook(world.engine.url, Buffer.from(body, 'latin1'));
      assert.deepEqual([answer.status, answer.body.error?.code], [400, 'body_invalid'], JSON.stringify(body));
    }
    const value = (inner: unknown) => JSON.stringify({ entry: [{ changes: [{ field: 'messages', value: inner }] }] });
    const whole = JSON.parse(textWebhook(session.client, 'wamid.x', 'x').toString()).entry[0].changes[0].value;
    const strange = [
      '{}',
      '{"entry":null}',
      '{"entry":[null,1,"a",[],{"changes":{}}]}',
      value(null),
      value({ ...whole, messages: [null, {}, { id: 1, from: {} }, { id: 'a', from: 'b|c' }] }),
      value({ ...whole, contacts: 'nobody', statuses: [null, {}, { id: {}, status: [] }], messages: {} }),
      value({ ...whole, metadata: { phone_number_id: '1' } }),
      deep,
    ];
    for (const body of strange) {
      const answer = await postWebhook(world.engine.url, Buffer.from(body));
      assert.equal(answer.status, 200, body.slice(0, 80));
    }
    const next = textWebhook(session.client, 'wamid.next', 'still here');
    assert.equal((await postWebhook(world.engine.url, next)).status, 200);
    await until('the next message to land', async () => (await received()).length > before.length);
    await quiet();
    assert.deepEqual(await received(), [...before, 'still here']);
    assert.equal(world.engine.pid, pid);
    const dead = await askAll(`${world.engine.url}/api/dead-letters`);
    assert.deepEqual(dead, []);
  });
});
