import assert from 'node:assert/strict';
import type { ActorKind, Letter, Turn } from '../../core/contract/actor-kind.js';
import type { Delivery, SendOutcome } from '../../core/contract/channel.js';
import type { JsonObject } from '../../core/contract/json.js';
import { HostAddress } from '../../core/http/host-address.js';
import { UnhandledWebhooks } from '../../core/http/unhandled-webhooks.js';
import { LanePauses } from '../../core/notification/lane-pauses.js';
import { Queues } from '../../core/queue/queues.js';
import { GraphClient } from '../../plugins/meta_whatsapp/graph-client.js';
import { MediaUploads } from '../../plugins/meta_whatsapp/media/media-uploads.js';
import { WhatsAppConfig, WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { StatusActor } from '../../plugins/meta_whatsapp/status-actor.js';
import { LaneRig } from '../support/lane-rig.js';
import { TestProvider } from '../support/test-provider.js';
import { until } from '../support/until.js';

const CLIENT = '27825550101';
const QUEUE = 'whatsapp-send-main';
const UNKNOWN: SendOutcome = { result: 'unknown', problem: { code: 'unknown_outcome', message: 'Lost.' } };

/** Stands where conversations stand, and keeps the letters that they get. */
class Conversations implements ActorKind<readonly JsonObject[], JsonObject> {
  readonly kind = 'conversation';
  readonly queue = 'whatsapp-conversations';
  readonly stateVersion = 1;
  readonly letters: JsonObject[] = [];
  initial() {
    return [];
  }
  decide({ state }: Turn<readonly JsonObject[]>, { body }: Letter<JsonObject>) {
    this.letters.push(body);
    return { state };
  }
}

describe('Statuses of WhatsApp messages', () => {
  let rig: LaneRig;
  let conversations: Conversations;
  let told: number;

  beforeEach(async () => {
    told = 0;
    conversations = new Conversations();
    rig = new LaneRig(new TestProvider(400, QUEUE), (container) => {
      container.bind(WhatsAppConfig).toConstantValue(WhatsAppConfigSchema.parse({}));
      container.bind(HostAddress).toConstantValue(new HostAddress('http://127.0.0.1:1'));
      for (const service of [GraphClient, MediaUploads, StatusActor])
        container.bind<object>(service).toSelf().inSingletonScope();
      return [conversations, container.get(StatusActor)];
    });
    await rig.http.start();
  });
  afterEach(() => rig.http.stop());

  /** Stores a status as the webhook does; resolves when it has been read. */
  async function report(id: string, status: string, wamid = `w:${id}`, more: object = {}, sure = true): Promise<void> {
    told += 1;
    const letter = `${status}:${wamid}:${told}`;
    const body = {
      type: 'status',
      profile: 'main',
      status: { id: wamid, status, biz_opaque_callback_data: id, ...more },
    };
    await rig.tell({ kind: 'whatsapp-status', id: `main:${CLIENT}` }, letter, body);
    if (sure) await until(async () => (await rig.letters('whatsapp-status', `main:${CLIENT}`)) === 0);
  }
  const failed = (id: string, code: number, wamid?: string) =>
    report(id, 'failed', wamid, { errors: [{ code, title: 'Why' }] });
  const letter = (type: string) =>
    until(`a letter ${type}`, () => conversations.letters.find((body) => body['type'] === type));
  async function accepted(id: string, more: Partial<Delivery> = {}, letter: object = {}): Promise<void> {
    await rig.deliver(id, more, letter);
    await rig.untilStatus(id, 'accepted');
  }
  const unhandled = () => rig.http.container.get(UnhandledWebhooks).counts();

  it('reach the furthest in any order, once each', async () => {
    await accepted('a');
    for (const status of ['read', 'sent', 'played', 'delivered', 'read', 'sent']) await report('a', status);
    const { status, history } = await rig.stored('a');
    assert.equal(status, 'played');
    assert.equal(history.length, 7, 'queued, sending, accepted and four of Meta’s');
  });

  it('keep a failure that comes late', async () => {
    await accepted('a');
    await report('a', 'delivered');
    await failed('a', 131026);
    const { status, failure } = await rig.stored('a');
    assert.deepEqual([status, failure?.error?.provider_code], ['failed', 131026]);
    assert.match(failure!.error!.message, /Check the number/);
  });

  it('may come before our own answer, and stand for it where that is lost', async () => {
    rig.provider.answer = () => UNKNOWN;
    await rig.deliver('a');
    await until('the loss', async () =>
      (await rig.stored('a')).history.some(({ note }) => note?.startsWith('The outcome')),
    );
    await report('a', 'sent');
    await until('the lane to know', async () =>
      (await rig.stored('a')).history.some(({ status }) => status === 'accepted'),
    );
    assert.equal((await rig.stored('a')).status, 'sent');
    assert.deepEqual(rig.provider.calls, ['a']);
  });

  it('are taken to the lane that a merged client has by now', async () => {
    rig.provider.answer = () => UNKNOWN;
    await rig.store('a', { to: 'US.1349' });
    await rig.write([['HSET', rig.key('a'), 'lane', CLIENT]]);
    await rig.tell({ kind: QUEUE, id: CLIENT }, 'a', { type: 'deliver', delivery: 'a' });
    await until('the loss', async () =>
      (await rig.stored('a')).history.some(({ note }) => note?.startsWith('The outcome')),
    );
    await report('a', 'sent');
    await until('the lane to know', async () =>
      (await rig.stored('a')).history.some(({ status }) => status === 'accepted'),
    );
  });

  it('of strangers and of other names are counted and kept to look at', async () => {
    await accepted('a');
    await report('nobody', 'sent');
    await report('a', 'deleted');
    await report('a', 'warning');
    assert.deepEqual(await unhandled(), {
      'status of a message that was not sent from here': 1,
      'status deleted': 1,
      'status warning': 1,
    });
    assert.equal((await rig.stored('a')).status, 'accepted');
  });

  it('bring a message back to its true place when its window was closed after all', async () => {
    const ticket = { seq: 7, round: 1, stubref: 's', changes: { set_new_with_timeout_hours: 4 } };
    const owner = { kind: 'conversation', id: `main:${CLIENT}` };
    await accepted('a', {}, { owner, ticket });
    await failed('a', 131047);
    const body = await letter('window_closed');
    assert.deepEqual([body['delivery'], body['ticket']], ['a', ticket]);
    assert.equal((await rig.stored('a')).failure, undefined, 'it has not failed: it waits');
  });

  it('say that a client wants no more marketing', async () => {
    await accepted('a');
    await failed('a', 131050);
    assert.deepEqual(await letter('opted_out'), { type: 'opted_out', by: 'meta', delivery: 'a' });
    assert.equal((await rig.stored('a')).failure?.error?.code, 'client_opted_out');
  });

  it('pause the profile when it is refused, but not for what was sent before it was let go on', async () => {
    const pauses = rig.http.container.get(LanePauses);
    await accepted('a');
    await accepted('b');
    await failed('a', 131042);
    await until('the pause', async () => (await pauses.state(QUEUE)).paused);
    const lines = () => rig.http.log.filter((line) => line.includes('paused: Meta reports')).length;
    await until('the line of the log', () => lines() > 0);
    await pauses.resume(QUEUE);
    await failed('b', 131042);
    await rig.untilStatus('b', 'failed');
    await accepted('c');
    assert.equal((await pauses.state(QUEUE)).paused, false);
    assert.equal(lines(), 1, 'logged once');
  });

  it('of an earlier round are history once a message was sent again', async () => {
    await accepted('a');
    await failed('a', 131026);
    rig.provider.answer = () => ({ result: 'accepted', providerId: 'second' });
    assert.equal((await rig.http.ask('POST', '/api/deliveries/a/retry')).status, 202);
    await rig.untilStatus('a', 'accepted', 2);
    await report('a', 'delivered');
    assert.equal((await rig.stored('a')).status, 'accepted', 'the first one was delivered late, not this one');
    await report('a', 'sent', 'second');
    assert.equal((await rig.stored('a')).status, 'sent');
    assert.ok((await rig.stored('a')).history.some(({ status }) => status === 'delivered'));
  });

  it('end a failure that was none: the outcome was unknown, and it arrived', async () => {
    rig.provider.answer = () => ({ result: 'rejected', problem: { code: 'unknown_outcome', message: 'Lost.' } });
    await rig.deliver('a');
    await rig.untilStatus('a', 'failed');
    await report('a', 'delivered');
    assert.equal((await rig.stored('a')).status, 'delivered');
    assert.equal((await rig.http.ask('POST', '/api/deliveries/a/retry')).status, 409, 'so nobody sends it twice');
  });

  it('tell the category that is paid for with their event', async () => {
    await accepted('a');
    const events = await rig.http.watch('/api/heimdall/events?path=stubber.systems.notifications.whatsapp.status.*');
    await report('a', 'sent', 'w:a', { pricing: { category: 'utility', billable: true } });
    const [event] = await events.read(1);
    events.end();
    const data = event!.data['data'] as JsonObject;
    assert.deepEqual([data['status'], data['delivery'], data['pricing_category']], ['sent', 'a', 'utility']);
  });

  it('hold up no message, however many wait: nothing of a send needs their queue', async () => {
    await rig.http.container.get(Queues).get('whatsapp-statuses').pause();
    await Promise.all(Array.from({ length: 2_000 }, (_, at) => report('a', 'sent', `w:${at}`, {}, false)));
    await accepted('a');
    await accepted('b');
    assert.equal(await rig.letters('whatsapp-status', `main:${CLIENT}`), 2_000, 'not one of them was read');
  });
});
