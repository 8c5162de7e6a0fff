import { setTimeout as pause } from 'node:timers/promises';
import { assertExact, audit, printed } from '../support/fault-audit.js';
import { askFor } from '../support/fault-http.js';
import { FaultLoad } from '../support/fault-load.js';
import { SeededRandom } from '../support/fault-random.js';
import { settled } from '../support/fault-settle.js';
import { allow } from '../support/fault-stash.js';
import { type Case, FaultWorld } from '../support/fault-world.js';

const ROUNDS = 4;
const ROUND_MS = 1_500;
const FAULT_EVERY_MS = 30;

/** What goes wrong on the way to the provider: it answers late, wrongly, with a refusal that passes, or not at all. */
const ANSWERS: readonly object[] = [
  { kind: 'latency', ms: 400 },
  { kind: 'drop_answer' },
  { kind: 'drop_request' },
  { kind: 'http_500' },
  { kind: 'http_error', status: 503, body: 'html' },
  { kind: 'bad_answer', body: 'cut_json' },
  { kind: 'error_code', code: 4 },
  { kind: 'error_code', code: 80007 },
  { kind: 'error_code', code: 130429 },
  { kind: 'error_code', code: 131056 },
  { kind: 'error_code', code: 131016 },
];
/** Later than the engine waits for an answer: the message is taken, its statuses come, and the call has timed out. */
const TOO_LATE = { kind: 'latency', ms: 3_500 };
/** What goes wrong on the way back, and changes nothing for the client. */
const REPORTS: readonly object[] = [{ kind: 'duplicate_webhooks' }, { kind: 'skip_delivered' }];
/** These turn the order of the client's own messages too, so they strike clients that only receive. */
const LATE_REPORTS: readonly object[] = [
  { kind: 'reverse_webhooks' },
  { kind: 'delay_webhooks', ms: 700 },
  { kind: 'batch_webhooks', size: 4, within_ms: 200, shape: 'values' },
];

describe('A provider that slows down, refuses, repeats and goes silent', () => {
  let world: FaultWorld;

  before(async () => {
    world = await FaultWorld.open({
      answer_timeout_ms: 2_500,
      unknown_outcome_resends: 1,
    });
  });
  after(() => world?.close());

  it('loses, doubles and reorders nothing, and leaves no outcome unknown', async () => {
    const random = SeededRandom.of('the provider');
    const cases = {
      in: await world.many(10, () => world.newSession()),
      out: await world.many(8, () => world.newCase()),
    };
    const load = new FaultLoad(world, random.branch(), cases, 150);
    load.start();
    await Promise.all(cases.out.map((one) => allow(world, one)));
    for (const { client } of [cases.in[0]!, cases.out[0]!])
      await askFor(201, 'POST', `${world.emulator.url}/emulator/faults`, { ...TOO_LATE, client, times: 1 });
    let struck = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      if (round > 1) load.start();
      struck += await strike(world, random, cases);
      await load.stop();
      await askFor(200, 'DELETE', `${world.emulator.url}/emulator/faults`); // remove the faults that have not taken effect
      await settled(world);
    }
    const found = await audit(world, load.given);
    console.log(`${printed(found)}\n        faults: ${struck}`);
    await assertExact(world, found);
  });
});

/**
 * One fault after the other, each for one call of one client. A round spoils only one answer for each
 * client: a message whose every send is lost could not be settled. Returns the number of faults.
 */
async function strike(
  world: FaultWorld,
  random: SeededRandom,
  cases: { readonly in: readonly Case[]; readonly out: readonly Case[] },
): Promise<number> {
  const hadOne = new Set<string>();
  let struck = 0;
  for (; struck < ROUND_MS / FAULT_EVERY_MS; struck += 1) {
    const receives = random.between(0, 2) < 1;
    const { client } = one(random, receives ? cases.out : cases.in);
    const reports = receives ? [...REPORTS, ...LATE_REPORTS] : REPORTS;
    const fault = one(random, hadOne.has(client) ? reports : [...ANSWERS, ...reports]);
    if (ANSWERS.includes(fault)) hadOne.add(client);
    await askFor(201, 'POST', `${world.emulator.url}/emulator/faults`, { ...fault, client, times: 1 });
    await pause(FAULT_EVERY_MS);
  }
  return struck;
}

const one = <T>(random: SeededRandom, from: readonly T[]): T => from[Math.floor(random.between(0, from.length))]!;
