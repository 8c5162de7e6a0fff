import { setTimeout as pause } from 'node:timers/promises';
import { assertExact, audit, printed } from '../support/fault-audit.js';
import { SeededRandom } from '../support/fault-random.js';
import { settled } from '../support/fault-settle.js';
import { allow, newStash } from '../support/fault-stash.js';
import { StrandedWork } from '../support/fault-stranded.js';
import { FaultWorld } from '../support/fault-world.js';

const CLIENTS = 5;
const MESSAGES = 40;
const KILLS = 3;

describe('kill -9 in the middle of the flush of a stash', () => {
  let world: FaultWorld;

  before(async () => {
    world = await FaultWorld.open({ messages_per_second: 80 });
  });
  after(() => world?.close());

  it(`${CLIENTS} × ${MESSAGES} stashed messages arrive once each, in order, over ${KILLS} kills`, async () => {
    const random = SeededRandom.of('the flush of a stash');
    const given = await world.many(CLIENTS, () => newStash(world, MESSAGES));
    await Promise.all(given.map((one) => allow(world, one)));
    const stranded: StrandedWork[] = [];
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await pause(random.between(0, 400));
      await world.engine.kill9();
      stranded.push(await StrandedWork.now(world));
      await world.engine.start();
      stranded.at(-1)!.aliveFrom();
      await world.repeatWebhooks();
      if (kills === 1)
        await stranded.at(-1)!.done(); // so that the next one hits the lanes in their work
      else await stranded.at(-1)!.end();
    }
    await settled(world);
    const found = await audit(world, given);
    console.log(`${printed(found)}\n        ${StrandedWork.printed(stranded, 'restart')}`);
    await assertExact(world, found);
  });
});
