import assert from 'node:assert/strict';
import { ConversationModel, type ModelChanges, REQUEST } from '../support/conversation-model.js';
import { askAll, askFor } from '../support/fault-http.js';
import { SeededRandom } from '../support/fault-random.js';
import { WalkWorld } from '../support/walk-world.js';

const WALKS = 750;
const ROUNDS = 6;
const CRASHES = 2;
const STUBS = 40;
const AT_A_TIME = 48;
/** No two sums of jumps come near a limit of the model but from its far side. */
const JUMPS_HOURS = [0, 0, 0.25, 1, 5, 26, 80, 170];

interface Walk {
  readonly client: string;
  readonly stubs: readonly [string, string];
  readonly random: SeededRandom;
  readonly model: ConversationModel;
  /** What was done, for the report of a walk that went wrong. */
  readonly done: string[];
  posts: number;
  isHidden: boolean;
}

type Step = (world: WalkWorld, walk: Walk, now: number) => Promise<void>;

describe('Random walks of conversations, held against a reference model', () => {
  let world: WalkWorld;
  before(async () => {
    world = await WalkWorld.open();
  });
  after(() => world.close());

  it(`does what the model does in ${WALKS} walks with time jumps and ${CRASHES} crashes`, async () => {
    const random = SeededRandom.of('conversation walks');
    const stubrefs = await inParallel(Array.from({ length: STUBS }), async () => {
      const { stubref } = await askFor(201, 'POST', `${world.engine.url}/api/stubs`, { template: 'walk' });
      return stubref as string;
    });
    const walks = Array.from({ length: WALKS }, (_, number): Walk => {
      const pair = [stubrefs[number % STUBS]!, stubrefs[(number + 1) % STUBS]!] as const;
      const client = `2782${String(1_000_000 + number)}`;
      return {
        client,
        stubs: pair,
        random: random.branch(),
        model: new ConversationModel(),
        done: [],
        posts: 0,
        isHidden: false,
      };
    });
    const crashRounds = new Set(Array.from({ length: CRASHES }, () => Math.floor(random.between(2, ROUNDS))));
    let now = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      await inParallel(walks, (walk) => pick(walk)(world, walk, now));
      if (crashRounds.has(round)) await world.crash();
      await world.settled();
      const jump = choose(random, JUMPS_HOURS);
      if (jump === 0) continue;
      now += jump;
      await world.advance(jump);
      for (const { model, done } of walks) {
        model.passes(now);
        done.push(`+${jump} h`);
      }
      await world.settled();
    }
    await verify(world, walks, stubrefs);
  });
});

function pick(walk: Walk): Step {
  const steps: Step[] = [writesOut, writesOut, writesOut, writesIn, writesIn];
  if (walk.model.wasAsked) steps.push(allows, rejects);
  if (walk.model.arrived.some((body) => body !== REQUEST)) steps.push(quotes);
  if (walk.model.landings.length > 0) steps.push(hides);
  return choose(walk.random, steps);
}

const writesOut: Step = async (world, walk, now) => {
  walk.posts += 1;
  const body = `${walk.client}-${walk.posts}`;
  const [stubref, other] = walk.random.between(0, 2) < 1 ? walk.stubs : ([walk.stubs[1], walk.stubs[0]] as const);
  const isTemplate = walk.random.between(0, 4) < 1;
  const changes = changesOf(walk.random, other, body);
  const action = isTemplate ? 'template' : 'text';
  walk.done.push(`${action} ${body} from ${stubref} ${JSON.stringify(changes)}`);
  await askFor(202, 'POST', `${world.engine.url}/api/stubs/${stubref}/actions/${action}`, {
    message: body,
    data: { to: `+${walk.client}`, session: settingsOf(changes) },
  });
  walk.model.out({ body, stubref, isTemplate, changes }, now);
};

const writesIn: Step = async (world, walk, now) => {
  walk.done.push('says');
  await say(world, walk, { text: 'hello' });
  walk.model.says(now);
};

const quotes: Step = async (world, walk, now) => {
  const bodies = walk.model.arrived.filter((body) => body !== REQUEST);
  const quoted = choose(walk.random, bodies);
  const chat: { readonly id: string; readonly text: string }[] = await askFor(
    200,
    'GET',
    `${world.engine.url}/emulator/clients/${walk.client}/messages`,
  );
  const message = chat.find(({ text }) => text.includes(quoted));
  assert.ok(message, `the message ${quoted} is not in the chat:\n${walk.done.join('\n')}`);
  walk.done.push(`quotes ${quoted}`);
  await say(world, walk, { reply_to: message.id, text: 'about that' });
  walk.model.says(now, quoted);
};

const allows: Step = async (world, walk, now) => {
  walk.done.push('allows');
  await say(world, walk, { tap: 'Allow' });
  walk.model.allows(now);
};

const rejects: Step = async (world, walk, now) => {
  walk.done.push('rejects');
  await say(world, walk, { tap: 'Reject' });
  walk.model.rejects(now);
};

/** From now on only the user id shows, or the number again: it is the same client, so the model knows nothing of it. */
const hides: Step = async (world, walk) => {
  walk.isHidden = !walk.isHidden;
  walk.done.push(walk.isHidden ? 'hides the number' : 'shows the number');
  const url = `${world.engine.url}/emulator/clients/${walk.client}`;
  await askFor(200, 'PATCH', url, { hide_number: walk.isHidden });
};

const say = (world: WalkWorld, { client }: Walk, message: object) =>
  askFor(201, 'POST', `${world.engine.url}/emulator/clients/${client}/messages`, message);

function changesOf(random: SeededRandom, other: string, body: string): ModelChanges {
  const one = <T>(share: number, value: T): T | undefined => (random.between(0, 1) < share ? value : undefined);
  const hours = one(0.4, choose(random, [2, 48, 100]));
  const target = hours === undefined ? undefined : one(0.2, other);
  const minutes = one(0.25, choose(random, [10, 600]));
  const cancel = one(0.15, true);
  const specific = one(0.15, `specific-${body}`);
  return {
    ...(hours !== undefined && { hours }),
    ...(target !== undefined && { target }),
    ...(minutes !== undefined && { minutes }),
    ...(cancel && { cancel }),
    ...(specific !== undefined && { specific }),
  };
}

const settingsOf = ({ hours, minutes, cancel, specific, target }: ModelChanges): object => ({
  ...(hours !== undefined && { set_new_with_timeout_hours: hours }),
  ...(minutes !== undefined && { set_nextreply_with_timeout_minutes: minutes }),
  ...(cancel && { cancel_current_existing_stubsession: true }),
  ...(specific !== undefined && { specificreply_uuid: specific }),
  ...(target !== undefined && { set_stubsession_stubref: target }),
});

async function verify(world: WalkWorld, walks: readonly Walk[], stubrefs: readonly string[]): Promise<void> {
  const failures = await failedBodies(world, stubrefs);
  const wrong: string[] = [];
  await inParallel(walks, async (walk) => {
    const seen = await seenOf(world, walk, failures);
    const expected = { arrived: walk.model.arrived, landings: walk.model.landings, failed: sorted(walk.model.failed) };
    try {
      assert.deepEqual(seen, expected);
    } catch (error) {
      wrong.push(`${walk.done.join('\n')}\n${(error as Error).message}`);
    }
  });
  console.log(
    `      ${walks.length} walks, ${walks.reduce((sum, { done }) => sum + done.length, 0)} steps, ${wrong.length} wrong`,
  );
  assert.equal(wrong.length, 0, `${wrong.length} walks went another way than the model. The first:\n${wrong[0]}`);
}

async function seenOf(world: WalkWorld, { client }: Walk, failures: ReadonlyMap<string, string>): Promise<object> {
  const chat: { direction: string; type: string; text: string }[] = await askFor(
    200,
    'GET',
    `${world.engine.url}/emulator/clients/${client}/messages`,
  );
  const arrived = chat
    .filter(({ direction }) => direction === 'to_client')
    .map(({ text }) => text.match(/\d{11}-\d+/)?.[0] ?? REQUEST);
  const isKnown = chat.length > 0;
  const { routing } = isKnown
    ? await askFor(200, 'GET', `${world.engine.url}/api/conversations/main/${client}`)
    : { routing: [] };
  const landings = routing.reverse().map(({ rule, to }: { rule: string; to: string }) => ({ rule, to }));
  return { arrived, landings, failed: [...failures].filter(([body]) => body.startsWith(`${client}-`)).sort() };
}

/** Bodies of the messages that failed, with the code, from the logs of the stubs. */
async function failedBodies(world: WalkWorld, stubrefs: readonly string[]): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  await inParallel(stubrefs, async (stubref) => {
    for (const post of await askAll(`${world.engine.url}/api/stubs/${stubref}/posts`)) {
      for (const { status, history } of post.notifications?.it?.deliveries ?? []) {
        if (status === 'failed') failed.set(post.message, history.at(-1).error.code);
        else assert.ok(['accepted', 'sent', 'stashed'].includes(status), `${post.message} is left ${status}`);
      }
    }
  });
  return failed;
}

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort();
const choose = <T>(random: SeededRandom, from: readonly T[]): T => from[Math.floor(random.between(0, from.length))]!;

/** Some at a time, until all are done. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}
