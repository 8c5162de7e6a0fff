import { setTimeout as pause } from 'node:timers/promises';
import { assertExact, audit, printed } from '../support/fault-audit.js';
import { FaultLoad } from '../support/fault-load.js';
import { SeededRandom } from '../support/fault-random.js';
import { settled } from '../support/fault-settle.js';
import { allowAll } from '../support/fault-stash.js';
import { StrandedWork } from '../support/fault-stranded.js';
import { FaultWorld } from '../support/fault-world.js';

const KILLS = 10;
/** After so many kills the clients whose window is closed agree to be written to. */
const ALLOW_AFTER = 5;

describe('kill -9 of the engine', () => {
  let world: FaultWorld;

  before(async () => {
    world = await FaultWorld.open();
  });
  after(() => world?.close());

  it(`${KILLS} times under load in both directions: nothing is lost, doubled or out of order`, async () => {
    const random = SeededRandom.of('the engine');
    const cases = {
      in: await world.many(12, () => world.newSession()),
      out: await world.many(8, () => world.newCase()),
    };
    const load = new FaultLoad(world, random.branch(), cases, 400);
    load.start();
    const stranded: StrandedWork[] = [];
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await pause(random.between(150, 1_800));
      await stranded.at(-1)?.end();
      await world.engine.kill9();
      stranded.push(await StrandedWork.now(world));
      await world.engine.start();
      stranded.at(-1)!.aliveFrom();
      await world.repeatWebhooks();
      if (kills === ALLOW_AFTER) await allowAll(world, load, cases.out);
    }
    await load.stop();
    await stranded.at(-1)!.done();
    await settled(world);
    const found = await audit(world, load.given);
    console.log(`${printed(found)}\n        ${load.printed()}\n        ${StrandedWork.printed(stranded, 'restart')}`);
    await assertExact(world, found);
  });
});
