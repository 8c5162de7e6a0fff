import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { assertExact, audit, printed } from '../support/fault-audit.js';
import { ask } from '../support/fault-http.js';
import { FaultLoad, type Given } from '../support/fault-load.js';
import { SeededRandom } from '../support/fault-random.js';
import { settled } from '../support/fault-settle.js';
import { allowAll } from '../support/fault-stash.js';
import { StrandedWork } from '../support/fault-stranded.js';
import { postWebhook, textWebhook } from '../support/fault-webhook.js';
import { FaultWorld } from '../support/fault-world.js';
import { until } from '../support/until.js';

const KILLS = 3;

describe('kill -9 of redis-server', () => {
  let world: FaultWorld;

  before(async () => {
    world = await FaultWorld.open();
  });
  after(() => world?.close());

  it('under load: nothing is lost, doubled or out of order, and the engine comes back by itself', async () => {
    const random = SeededRandom.of('redis-server');
    const cases = {
      in: await world.many(12, () => world.newSession()),
      out: await world.many(4, () => world.newCase()),
    };
    const load = new FaultLoad(world, random.branch(), cases, 300);
    load.start();
    const { pid } = world.engine;
    const stranded: StrandedWork[] = [];
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await pause(random.between(500, 2_000));
      await stranded.at(-1)?.end();
      await world.engineRedis.kill9();
      await pause(random.between(700, 1_300));
      await world.engineRedis.start();
      stranded.push(await StrandedWork.now(world));
      if (kills === KILLS - 1) await allowAll(world, load, cases.out);
    }
    await load.stop();
    await stranded.at(-1)!.done();
    await settled(world);
    const found = await audit(world, load.given);
    console.log(
      `${printed(found)}\n        ${load.printed()}\n        ${StrandedWork.printed(stranded, 'restart of Redis')}`,
    );
    await assertExact(world, found);
    assert.equal(world.engine.pid, pid, 'the engine was never restarted');
  });

  it('while it is away webhooks get 503, /readyz says so, and what Meta repeats lands once', async () => {
    const session = await world.newSession();
    await world.write(session.client, { text: 'in 1' }); // opens the window, at the emulator too
    await settled(world);
    const { url } = world.engine;
    const webhook = textWebhook(session.client, 'wamid.away', 'in 2');

    await world.engineRedis.kill9();
    const [answer, ready, alive] = await Promise.all([
      postWebhook(url, webhook),
      ask('GET', `${url}/readyz`),
      ask('GET', `${url}/healthz`),
    ]);
    assert.deepEqual([answer.status, answer.body.error.code], [503, 'store_away']);
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
    assert.deepEqual([ready.status, ready.body.error.code], [503, 'store_away']);
    assert.equal(alive.status, 200, 'the process itself is up');

    await world.engineRedis.start();
    await until('the engine to be ready', async () => (await ask('GET', `${url}/readyz`)).status === 200);
    assert.equal((await postWebhook(url, webhook)).status, 200);
    const given: Given = { ...session, flow: 'in', taken: 2, open: false };
    await settled(world);
    await assertExact(world, await audit(world, [given]));
  });
});
