import { assertExact, audit, chatOf } from '../support/fault-audit.js';
import { ask, askAll, askFor } from '../support/fault-http.js';
import type { Given } from '../support/fault-load.js';
import { settled } from '../support/fault-settle.js';
import { FaultWorld, STATUS_WAIT_MS } from '../support/fault-world.js';
import { until } from '../support/until.js';

describe('A send whose answer was lost', () => {
  let world: FaultWorld;
  let given: Given;

  before(async () => {
    world = await FaultWorld.open();
  });
  after(() => world?.close());

  /** The client writes, the provider takes the reply and holds back its answer and its statuses; then the engine dies. */
  beforeEach(async () => {
    const session = await world.newSession();
    given = { ...session, flow: 'in', taken: 1, open: false };
    await settled(world);
    for (const fault of [{ kind: 'hold_statuses' }, { kind: 'latency', ms: 2_000, times: 1 }]) {
      await askFor(201, 'POST', `${world.emulator.url}/emulator/faults`, { ...fault, client: session.client });
    }
    await world.write(session.client, { text: 'in 1' });
    await until('the reply', async () => (await chatOf(world, session.client)).some(({ text }) => text === 're in 1'));
    await world.engine.kill9();
  });

  const releaseStatuses = () => ask('DELETE', `${world.emulator.url}/emulator/faults`);
  const isKnownAsCut = async () => {
    const posts = await askAll(`${world.engine.url}/api/stubs/${given.stubref}/posts`);
    return JSON.stringify(posts).includes('The outcome is unknown');
  };

  it('is settled by its status when the engine is back', async () => {
    await world.engine.start();
    await until('the lane to take it up', isKnownAsCut);
    await releaseStatuses();
    await settled(world);
    await assertExact(world, await audit(world, [given]));
  });

  it('is not sent again only because the engine was away while it waited for the status', async () => {
    await world.engine.start();
    await until('the lane to take it up', isKnownAsCut);
    await world.engine.kill9();
    await releaseStatuses();
    await world.advanceEngines(STATUS_WAIT_MS);
    await world.engine.start();
    await world.repeatWebhooks();
    await settled(world);
    await assertExact(world, await audit(world, [given]));
  });
});
