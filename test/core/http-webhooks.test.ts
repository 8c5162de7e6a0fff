import assert from 'node:assert/strict';
import type { ActorKind, Letter } from '../../core/contract/actor-kind.js';
import type { WebhookLetters, WebhookPost, WebhookSource } from '../../core/contract/webhook-source.js';
import { StubwireError } from '../../core/errors.js';
import { UnhandledWebhooks } from '../../core/http/unhandled-webhooks.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { PrivateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';
import { HttpRig } from './http-rig.js';

/** An actor that keeps what it was told. */
class ListKind implements ActorKind<readonly string[], string> {
  readonly kind = 'list';
  readonly queue = 'lists';
  readonly stateVersion = 1;
  initial(): readonly string[] {
    return [];
  }
  decide({ state }: { readonly state: readonly string[] }, letter: Letter<string>) {
    return { state: [...state, letter.body] };
  }
}

/** Takes `id:text` as a letter, anything else as unhandled, and refuses what is not signed. */
class LineSource implements WebhookSource {
  readonly name = 'lines';
  readonly seen: WebhookPost[] = [];
  challenge({ echo }: { readonly [name: string]: string | undefined }): string {
    if (echo === undefined)
      throw new StubwireError('signature_invalid', 'There is no echo in this subscription check. Send ?echo=.');
    return echo;
  }
  read(post: WebhookPost): WebhookLetters {
    this.seen.push(post);
    if (post.headers['x-signed'] !== 'yes')
      throw new StubwireError('signature_invalid', 'The signature is missing. Sign the body.');
    const lines = post.rawBody.toString().split('\n').filter(Boolean);
    return {
      tells: lines
        .filter((line) => line.includes(':'))
        .map((line) => ({ to: { kind: 'list', id: 'one' }, id: line.split(':')[0]!, body: line })),
      unhandled: lines.filter((line) => !line.includes(':')).map((line) => ({ reason: 'no colon', excerpt: line })),
    };
  }
}

describe('a webhook', () => {
  let rig: HttpRig;
  let source: LineSource;
  let redis: PrivateRedis | undefined;

  const start = async (own?: PrivateRedis) => {
    redis = own;
    source = new LineSource();
    rig = await new HttpRig({
      sources: [source],
      kinds: [new ListKind() as ActorKind],
      ...(own && { redis: own }),
    }).start();
  };
  const post = (body: string | Buffer, headers: Record<string, string> = { 'x-signed': 'yes' }) =>
    rig.ask('POST', '/webhooks/lines', body, { 'content-type': 'application/json', ...headers });
  const mailbox = () => rig.container.get(RedisConnection).client.llen(rig.container.get(Keys).mailbox('list', 'one'));

  afterEach(async () => {
    await rig.stop();
    await redis?.stop();
  });

  it('is stored as letters before it is answered, once however often it comes', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('1:hello\n2:there')));
    assert.ok(answers.every(({ status, body }) => status === 200 && body === ''));
    assert.equal(await mailbox(), 2);
  });

  it('is given to its source as the bytes received, whatever its content type', async () => {
    await start();
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, 0x7b]);
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png']) {
      assert.equal((await post(bytes, { 'x-signed': 'yes', 'content-type': type })).status, 200);
      assert.deepEqual(source.seen.at(-1)?.rawBody, bytes);
    }
    assert.equal((await rig.ask('POST', '/webhooks/lines', undefined, { 'x-signed': 'yes' })).status, 200);
    assert.equal(source.seen.at(-1)?.rawBody.length, 0);
  });

  it('that its source refuses is answered with the error, and nothing is written', async () => {
    await start();
    const { status, body } = await post('1:hello', {});
    assert.deepEqual([status, body.error.code], [401, 'signature_invalid']);
    assert.equal(await mailbox(), 0);
  });

  it('may hold 3 MB and no more', async () => {
    await start();
    assert.equal((await post(`1:${'x'.repeat(2_900_000)}`)).status, 200);
    const { status, body } = await post(`2:${'x'.repeat(3_100_000)}`);
    assert.deepEqual([status, body.error.code], [413, 'body_too_large']);
  });

  it('is counted where it is not for us, the newest kept, and answered 200', async () => {
    await start();
    const odd = (round: number, count: number) =>
      post(Array.from({ length: count }, (_, line) => `odd ${round}.${line}`).join('\n'));
    for (const [round, count] of [50, 250].entries()) assert.equal((await odd(round, count)).status, 200);
    assert.deepEqual(await rig.container.get(UnhandledWebhooks).counts(), { 'no colon': 300 });
    const first = await rig.ask('GET', '/api/unhandled-webhooks?limit=150');
    const rest = await rig.ask('GET', `/api/unhandled-webhooks?limit=150&cursor=${first.body.next_cursor}`);
    const newest = [...first.body.items, ...rest.body.items];
    assert.deepEqual([newest.length, rest.body.next_cursor], [200, null]);
    assert.deepEqual(
      [newest[0].excerpt, newest[0].reason, newest.at(-1).excerpt],
      ['odd 1.249', 'no colon', 'odd 1.50'],
    );
    assert.match((await rig.ask('GET', '/metrics')).body, /stubwire_unhandled_webhooks_total\{reason="no colon"\} 300/);
  });

  it('adds 200 lines to the metrics at most, whatever reasons it makes up', async () => {
    await start();
    const reasons = Array.from({ length: 150 }, (_, at) => ({ reason: `reason ${at}`, excerpt: '' }));
    const counter = rig.container.get(UnhandledWebhooks);
    await counter.count(reasons);
    await counter.count(reasons.map(({ reason }) => ({ reason: `another ${reason}`, excerpt: '' })));
    await counter.count([{ reason: 'reason 7', excerpt: '' }]);
    const counts = await counter.counts();
    assert.equal(Object.keys(counts).length, 201);
    assert.deepEqual([counts['reason 7'], counts['another reason than the first 200']], [2, 100]);
  });

  it('of 10,000 parts is stored, and one with more is refused as a whole', async () => {
    await start();
    const lines = (count: number) => Array.from({ length: count }, (_, at) => `${at}:x`).join('\n');
    const { status, body } = await post(lines(10_001));
    assert.deepEqual([status, body.error.code], [413, 'body_too_large']);
    assert.equal(await mailbox(), 0);
    assert.equal((await post(lines(10_000))).status, 200);
    assert.equal(await mailbox(), 10_000);
  });

  it('is checked for its subscription with the text to echo', async () => {
    await start();
    const answer = await rig.ask('GET', '/webhooks/lines?echo=1158201444');
    assert.deepEqual(
      [answer.status, answer.body, answer.headers.get('content-type')],
      [200, '1158201444', 'text/plain; charset=utf-8'],
    );
    assert.equal((await rig.ask('GET', '/webhooks/lines')).status, 401);
    assert.equal((await rig.ask('POST', '/webhooks/nobody', 'x')).status, 404);
  });

  it('is answered 503 while Redis is away, and works again by itself', async () => {
    await start(await new PrivateRedis().start());
    assert.equal((await post('1:hello')).status, 200);
    await redis!.kill9();
    const away = await post('2:hello');
    assert.deepEqual([away.status, away.body.error.code, away.headers.get('retry-after')], [503, 'store_away', '1']);
    await redis!.start();
    await until('a webhook to be taken', async () => (await post('2:hello')).status === 200);
    assert.equal(await mailbox(), 2);
  });

  it('needs no token, and is taken under any Host', async () => {
    await start();
    await rig.stop();
    source = new LineSource();
    rig = await new HttpRig({
      sources: [source],
      kinds: [new ListKind() as ActorKind],
      http: { tokens: [{ name: 'a', token: 'b', role: 'admin' }] },
    }).start();
    assert.equal((await post('1:hello')).status, 200);
  });
});
