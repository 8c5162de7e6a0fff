import { setTimeout as pause } from 'node:timers/promises';
import { assertExact, audit, printed } from '../support/fault-audit.js';
import { FaultLoad } from '../support/fault-load.js';
import { SeededRandom } from '../support/fault-random.js';
import { settled } from '../support/fault-settle.js';
import { allow } from '../support/fault-stash.js';
import { StrandedWork } from '../support/fault-stranded.js';
import { FaultWorld } from '../support/fault-world.js';

const KILLS = 3;

describe('kill -9 of one engine of two', () => {
  let world: FaultWorld;

  before(async () => {
    world = await FaultWorld.open({ engines: 2 });
  });
  after(() => world?.close());

  it('the other one goes on with its work by itself, and nothing is lost, doubled or out of order', async () => {
    const random = SeededRandom.of('one engine of two');
    const cases = {
      in: await world.many(10, () => world.newSession()),
      out: await world.many(4, () => world.newCase()),
    };
    const load = new FaultLoad(world, random.branch(), cases, 400);
    load.start();
    await Promise.all(cases.out.map((one) => allow(world, one)));
    const stranded: StrandedWork[] = [];
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await pause(random.between(500, 1_500));
      const victim = world.engines[kills % 2]!;
      await victim.kill9();
      stranded.push(await StrandedWork.now(world));
      await stranded.at(-1)!.done(); // by the other one alone
      await victim.start();
    }
    await load.stop();
    await settled(world);
    const found = await audit(world, load.given);
    console.log(`${printed(found)}\n        ${load.printed()}\n        ${StrandedWork.printed(stranded, 'kill')}`);
    await assertExact(world, found);
  });
});
