import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { assertExact, audit, printed } from '../support/fault-audit.js';
import { ask, askAll, askFor } from '../support/fault-http.js';
import { FaultLoad } from '../support/fault-load.js';
import { SeededRandom } from '../support/fault-random.js';
import { settled } from '../support/fault-settle.js';
import { numbersAfter } from '../support/fault-verdict.js';
import { type Case, FaultWorld } from '../support/fault-world.js';
import { until } from '../support/until.js';

const KILLS = 4;
const TOGGLE_EVERY_MS = 60;
const STEP_EVERY_MS = 150;

/** Somebody whose number and user id change while they write. */
interface Mover extends Case {
  /** The number of now. */
  number: string;
  written: number;
  changes: number;
}

/** Who has a number that somebody else gave up. */
interface Successor {
  readonly number: string;
  written: number;
}

describe('kill -9 while clients hide their numbers, change them and get new user ids', () => {
  let world: FaultWorld;
  let random: SeededRandom;
  let stopping = false;
  let newNumbers = 0;

  before(async () => {
    world = await FaultWorld.open();
    random = SeededRandom.of('who is who');
  });
  after(() => world?.close());

  it('every message is handled once, in order, and on nobody else’s stub', async () => {
    const hiders = await world.many(10, () => world.newSession());
    const movers = await world.many(8, async (): Promise<Mover> => {
      const made = await world.newSession();
      return { ...made, number: made.client, written: 0, changes: 0 };
    });
    const successors: Successor[] = [];
    const load = new FaultLoad(world, random.branch(), { in: hiders, out: [] }, 120);
    load.start();
    const loops = [...hiders.map((one) => toggles(one)), ...movers.map((one) => moves(one, successors))];
    for (const loop of loops) loop.catch(() => undefined); // thrown below
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await pause(random.between(300, 1_500));
      await world.engine.kill9();
      await pause(random.between(0, 300));
      await world.engine.start();
      await world.repeatWebhooks();
    }
    stopping = true;
    await Promise.all([load.stop(), ...loops]);
    await settled(world);
    await Promise.all(movers.map((one) => shows(one)));
    await settled(world);
    await until('nothing to be held any more', async () => !(await isAnythingHeld(world)));
    await settled(world);

    const found = await audit(world, load.given);
    console.log(printed(found).split('\n').slice(0, 2).join('\n'));
    await verifyMovers(world, movers, successors);
    await assertExact(world, found);
  });

  async function toggles({ client }: Case): Promise<void> {
    for (let hidden = true; !stopping; hidden = !hidden) {
      await askFor(200, 'PATCH', at(client), { hide_number: hidden });
      await pause(random.between(0.5, 1.5) * TOGGLE_EVERY_MS);
    }
  }

  async function moves(one: Mover, successors: Successor[]): Promise<void> {
    await says(one); // so that their user id is known:
    // before that a message of the number's next owner is as good as theirs
    await until('the first message to land', () => hasLanded(world, one));
    while (!stopping) {
      await pause(random.between(0.5, 1.5) * STEP_EVERY_MS);
      const step = random.between(0, 10);
      if (step < 3) await askFor(200, 'PATCH', at(one.number), { hide_number: step < 1.5 });
      else if (step < 4) await renamed(one);
      else if (step < 4.6) await renumbered(one, successors);
      else await says(one);
    }
  }

  /** In the end the number shows, so that it is known who they are. */
  async function shows(one: Mover): Promise<void> {
    await askFor(200, 'PATCH', at(one.number), { hide_number: false });
    await says(one);
  }

  async function renamed(one: Mover): Promise<void> {
    one.changes += 1;
    await askFor(200, 'POST', `${at(one.number)}/rotate-user-id`, {});
  }

  /** Somebody new has the number before at once, and writes from it. */
  async function renumbered(one: Mover, successors: Successor[]): Promise<void> {
    one.changes += 1;
    const { number } = one;
    newNumbers += 1;
    one.number = `2784666${String(newNumbers).padStart(4, '0')}`;
    await askFor(200, 'POST', `${at(number)}/change-number`, { to: `+${one.number}` });
    await askFor(201, 'POST', `${world.emulator.url}/emulator/clients`, { number: `+${number}`, new_person: true });
    const successor = { number, written: 1 };
    successors.push(successor);
    await world.write(number, { text: `${number} writes 1` });
  }

  async function says(one: Mover): Promise<void> {
    one.written += 1;
    await world.write(one.number, { text: `${one.client} says ${one.written}` });
  }

  const at = (client: string) => `${world.emulator.url}/emulator/clients/${client}`;
});

/**
 * Who has a new number or user id may write before it is known whose it is, and long before it where the engine was just
 * killed: such a message stands in the inbox, to be routed by hand. In the end each is where their session is.
 */
async function verifyMovers(
  world: FaultWorld,
  movers: readonly Mover[],
  successors: readonly Successor[],
): Promise<void> {
  const inbox: string[] = (await askAll(`${world.engine.url}/api/unrouted`)).map(({ data }) => data.message);
  let [given, inInbox, changes] = [0, 0, 0];
  for (const { client, stubref, written, changes: changed } of movers) {
    const posts = (await askAll(`${world.engine.url}/api/stubs/${stubref}/posts`)).reverse();
    const messages: string[] = posts
      .filter((post) => post.action_name === '_update_from_whatsapp' && !isNote(post))
      .map((post) => post.message);
    const strange = messages.filter((message) => !message.startsWith(`${client} says `));
    assert.deepEqual(strange, [], 'nobody else’s message');
    const own = numbersAfter(`${client} says`, messages);
    const left = numbersAfter(`${client} says`, inbox);
    const all = [...own, ...left].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: written }, (_, number) => number + 1),
      `${client}: each once`,
    );
    assert.equal(own.at(-1), written, `${client}: the last message reaches their own stub`);
    given += written;
    inInbox += left.length;
    changes += changed;
  }
  for (const { number, written } of successors) {
    assert.deepEqual(
      numbersAfter(`${number} writes`, inbox),
      Array.from({ length: written }, (_, at) => at + 1),
    );
  }
  console.log(
    `        movers ${given}, with ${changes} new ids and numbers: lost 0, doubled 0; in the inbox ${inInbox}\n        new owners of their numbers ${successors.length}: all apart`,
  );
}

/** Whether their stub has any message of theirs; also `false` while the engine is down. */
async function hasLanded({ engine }: FaultWorld, { stubref }: Mover): Promise<boolean> {
  const { status, body } = await ask('GET', `${engine.url}/api/stubs/${stubref}/posts`);
  return status === 200 && body.items.some((post: PostView) => post.action_name === '_update_from_whatsapp');
}

async function isAnythingHeld({ redis, keys }: FaultWorld): Promise<boolean> {
  const found = await redis.keys(keys.actor('conversation', '*').replace(/[{}]/g, '?'));
  const states = await Promise.all(found.map((key) => redis.hget(key, 'state')));
  return states.some((state) => state?.includes('"awaiting":'));
}

interface PostView {
  readonly action_name: string;
}

const isNote = (post: { data: { _incoming_whatsapp_data: { whatsapp_body: { type: string } } } }): boolean =>
  post.data._incoming_whatsapp_data.whatsapp_body.type === 'system';
