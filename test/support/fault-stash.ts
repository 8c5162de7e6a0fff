import { chatOf } from './fault-audit.js';
import { askFor } from './fault-http.js';
import type { FaultLoad, Given } from './fault-load.js';
import { settled } from './fault-settle.js';
import type { Case, FaultWorld } from './fault-world.js';
import { until } from './until.js';

/** The client taps Allow, as soon as the interaction request is there. */
export async function allow(world: FaultWorld, { client }: Case): Promise<void> {
  const isThere = async () => (await chatOf(world, client)).some(({ type }) => type === 'template');
  await until('the interaction request', isThere);
  await world.write(client, { tap: 'Allow' });
}

/**
 * All of them tap Allow in the middle of the load. A request that was cut before it left is sent again only when its wait
 * for a status is over, so the load rests until that is settled.
 */
export async function allowAll(world: FaultWorld, load: FaultLoad, cases: readonly Case[]): Promise<void> {
  await load.stop();
  await settled(world);
  await Promise.all(cases.map((one) => allow(world, one)));
  load.start();
}

/** A client with a closed window for whom so many messages wait. */
export async function newStash(world: FaultWorld, messages: number): Promise<Given> {
  const made = await world.newCase();
  for (let number = 1; number <= messages; number += 1) {
    const url = `${world.engine.url}/api/stubs/${made.stubref}/actions/tell`;
    await askFor(202, 'POST', url, { message: String(number) });
  }
  await until('the messages to be stashed', async () => {
    const view = await askFor(200, 'GET', `${world.engine.url}/api/conversations?limit=200`);
    return view.items.find(({ client }: { client: string }) => client === made.client)?.stash.length === messages;
  });
  return { ...made, flow: 'out', taken: messages, open: false };
}
