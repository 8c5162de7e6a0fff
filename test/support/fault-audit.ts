import assert from 'node:assert/strict';
import type { ChatMessage } from '../../plugins/whatsapp_emulator/chat/chat-entry.js';
import { ask, askAll, askFor } from './fault-http.js';
import type { Given } from './fault-load.js';
import { NOTHING, numbersAfter, sum, type Tally, tally } from './fault-verdict.js';
import type { FaultWorld } from './fault-world.js';
import { until } from './until.js';

/** What has become of everything that was given. */
export interface Audit {
  /** Messages of clients, as stubposts. */
  readonly landed: Tally;
  /** The answers to them, in the client's chat. */
  readonly replies: Tally;
  /** What the API was asked to send, in the client's chat. */
  readonly outs: Tally;
  /** Sends whose outcome was unknown for a while: settled by a status, sent again after none came, or given up. */
  readonly cut: { readonly settled: number; readonly sentAgain: number; readonly failed: number };
  /** Messages of clients whose webhook was never answered 200. */
  readonly notTaken: number;
  /** Deliveries that do not stand as `sent` in the end. */
  readonly notSent: number;
  readonly requestsPerOutClient: readonly number[];
  /** How each message came to be sent twice: its chat times and its delivery's history. */
  readonly twice: readonly string[];
}

export async function audit(world: FaultWorld, given: readonly Given[]): Promise<Audit> {
  let [landed, replies, outs] = [NOTHING, NOTHING, NOTHING];
  const cut = { settled: 0, sentAgain: 0, failed: 0 };
  let notTaken = 0;
  let notSent = 0;
  const requestsPerOutClient: number[] = [];
  const twice: string[] = [];
  for (const one of given) {
    const whole = await chatOf(world, one.client);
    notTaken += whole.filter((message) => !isOurs(message) && message.status !== 'delivered').length;
    const chat = whole.filter(isOurs);
    const texts = chat.map(({ text }) => text);
    const posts = (await askAll(`${world.engine.url}/api/stubs/${one.stubref}/posts`)).reverse();
    if (one.flow === 'in') {
      const messages = posts.filter((post) => post.action_name === '_update_from_whatsapp').map((post) => post.message);
      landed = sum(landed, tally(one, numbersAfter('in', messages)));
      replies = sum(replies, tally(one, numbersAfter('re in', texts)));
    } else {
      outs = sum(outs, tally(one, numbersAfter('out', texts)));
      requestsPerOutClient.push(chat.filter(({ type }) => type === 'template').length);
    }
    for (const delivery of posts.flatMap(deliveriesOf)) {
      const notes: string[] = delivery.history.map(({ note }: { note?: string }) => note ?? '');
      const wasCut = notes.some((note) => note.startsWith('The outcome is unknown'));
      const again = notes.some((note) => note.startsWith('Sent again'));
      const sends = chat.filter(({ payload }) => payload['biz_opaque_callback_data'] === delivery.id);
      if (sends.length > 1)
        twice.push(`${sends.map(({ id, at }) => `${id} ${at}`)}\n${JSON.stringify(delivery.history, undefined, 1)}`);
      if (delivery.status !== 'sent') notSent += 1;
      if (wasCut) cut[delivery.status === 'failed' ? 'failed' : again ? 'sentAgain' : 'settled'] += 1;
    }
  }
  return { landed, replies, outs, cut, notTaken, notSent, requestsPerOutClient, twice };
}

/** Nothing lost, doubled or out of order, nothing left over. */
export async function assertExact(world: FaultWorld, found: Audit): Promise<void> {
  for (const flow of ['landed', 'replies', 'outs'] as const) {
    const { given, ...wrong } = found[flow];
    assert.deepEqual(
      wrong,
      { lost: 0, doubled: 0, outOfOrder: 0 },
      `${flow}: of ${given}\n${found.twice.slice(0, 2).join('\n')}`,
    );
  }
  assert.equal(found.cut.failed, 0, 'no send ended unknown');
  assert.equal(found.notTaken, 0, 'every webhook was taken');
  assert.equal(found.notSent, 0, 'every delivery stands as sent');
  assert.deepEqual(
    [...new Set(found.requestsPerOutClient)].join(),
    found.outs.given > 0 ? '1' : '',
    'one request each',
  );
  const dead = await askFor(200, 'GET', `${world.engine.url}/api/dead-letters`);
  assert.deepEqual(dead.items, [], 'no dead letters');
  // A timer may come just now and find nothing to do; who is still there so long is stuck (the sweeper comes later).
  const left = () => world.redis.zrange(world.keys.mail(), '0', '-1');
  await until('no actor to have work left', async () => (await left()).length === 0).catch(async (error) => {
    assert.deepEqual(await left(), [], (error as Error).message);
  });
}

export function printed({ landed, replies, outs, cut }: Audit): string {
  const one = (name: string, { given, lost, doubled, outOfOrder }: Tally) =>
    `${name} ${given}: lost ${lost}, doubled ${doubled}, out of order ${outOfOrder}`;
  const { settled, sentAgain, failed } = cut;
  const ends = `by a status ${settled}, sent again as no status came ${sentAgain}, given up ${failed}`;
  const sends = `sends cut in the middle ${settled + sentAgain + failed}: settled ${ends}`;
  return [one('in', landed), one('replies', replies), one('out', outs), sends]
    .map((line) => `        ${line}`)
    .join('\n');
}

/** The chat as the client sees it, oldest first. */
export async function chatOf(world: FaultWorld, client: string): Promise<readonly ChatMessage[]> {
  const { status, body } = await ask('GET', `${world.emulator.url}/emulator/clients/${client}/messages`);
  if (status !== 200) throw new Error(`The emulator answered ${status} for a chat.`);
  return body as ChatMessage[];
}

const isOurs = ({ direction }: ChatMessage): boolean => direction === 'to_client';

interface PostDelivery {
  readonly id: string;
  readonly status: string;
  readonly history: readonly { readonly note?: string }[];
}

const deliveriesOf = (post: { notifications: { [key: string]: { deliveries: PostDelivery[] } } }): PostDelivery[] =>
  Object.values(post.notifications).flatMap(({ deliveries }) => deliveries);
