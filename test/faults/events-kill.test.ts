import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Keys } from '../../core/redis/keys.js';
import { EngineProcess, freePort } from '../support/engine-process.js';
import { ask, askFor } from '../support/fault-http.js';
import { PrivateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: case
initial_state: open
states: { open: { actions: [note] } }
actions: { note: {} }
`;
const EVENTS = 80;
const AT_A_TIME = 8;

describe('kill -9 of one engine of two while events are taken', () => {
  let redis: PrivateRedis;
  let engines: EngineProcess[];

  before(async () => {
    redis = await new PrivateRedis().start();
    const config = join(redis.dir, 'stubwire.yaml');
    mkdirSync(join(redis.dir, 'templates'));
    writeFileSync(join(redis.dir, 'templates', 'case.yaml'), TEMPLATE);
    writeFileSync(
      config,
      `org: { orguuid: faults, name: Faults, default_country: ZA }\nredis: { url: "unix://${redis.options.path}", prefix: engine }\nlog: { level: error }\nplugins: { log: {} }\n`,
    );
    const ports = await Promise.all([freePort(), freePort()]);
    engines = ports.map((port) => new EngineProcess(config, port, {}));
    await Promise.all(engines.map((engine) => engine.start()));
  });
  after(async () => {
    await Promise.all(engines.map((engine) => engine.kill9()));
    await redis.stop();
  });

  it('a registration that ends with its event runs once, and each event in turn is taken once', async () => {
    const [victim, survivor] = engines as [EngineProcess, EngineProcess];
    const post = (path: string, body: object) => askFor(201, 'POST', `${survivor.url}/api/${path}`, body);
    const stubs: string[] = [];
    for (let n = 0; n < 4; n++) stubs.push((await post('stubs', { template: 'case' })).stubref);
    const [once, ...turns] = stubs as [string, ...string[]];
    const register = (stubref: string, path: string, mechanism: string, on_trigger_method: string) =>
      post('heimdall/registrations', {
        registration_name: path,
        on_trigger_method,
        events: { it: { path, mechanism } },
        trigger_stubaction: { stubref, action_name: 'note' },
      });
    for (let n = 0; n < EVENTS; n++) await register(once, `once.${n}`, n % 2 ? 'evt' : 'cbh', 'remove');
    for (const stubref of turns) await register(stubref, 'turn.#', 'rra', 'keep');

    // Each registration that ends gets two events, one from each engine; each event in turn comes from either.
    const emissions = Array.from({ length: EVENTS }, (_, n) => [
      { engine: victim, path: `once.${n}`, mechanism: '*', id: `a${n}` },
      { engine: survivor, path: `once.${n}`, mechanism: '*', id: `b${n}` },
      { engine: engines[n % 2]!, path: `turn.${n}`, mechanism: 'rra', id: `t${n}` },
    ]).flat();
    const accepted = new Set<string>();
    const queue = [...emissions];
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { engine, path, mechanism, id } = next;
        const answer = await ask('POST', `${engine.url}/api/heimdall/emit`, { path, mechanism, data: { id } }).catch(
          () => undefined, // it was killed: whether the event was taken in is not known
        );
        if (answer?.status === 202) accepted.add(id);
      }
    };
    const load = Promise.all(Array.from({ length: AT_A_TIME }, worker));
    await until('some events', () => accepted.size > EVENTS / 2);
    await pause(20);
    await victim.kill9();
    await load;
    assert.ok(accepted.size < emissions.length, 'it was killed in the middle');

    const client = redis.connect();
    const keys = new Keys('engine');
    const quiet = async () => (await client.zcard(keys.mail())) === 0;
    await until('all work to be done', quiet);
    client.disconnect();
    const taken = async (stubref: string): Promise<{ id: string }[]> => {
      const items: { action_name: string; data: { heimdall: { id: string } } }[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const body = await askFor(200, 'GET', `${survivor.url}/api/stubs/${stubref}/posts?limit=200${page}`);
        items.push(...body.items);
        cursor = body.next_cursor;
      }
      return items.filter(({ action_name }) => action_name === 'note').map(({ data }) => data.heimdall);
    };
    const numbers = (await taken(once)).map(({ id }) => Number(id.slice(1))).sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: EVENTS }, (_, n) => n),
      'each registration ran once',
    );
    const inTurn = await Promise.all(turns.map(taken));
    const ids = inTurn.flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, 'no event was taken twice');
    for (const id of accepted) if (id.startsWith('t')) assert.ok(ids.includes(id), `${id} was taken`);
    const counts = inTurn.map(({ length }) => length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `in turn: ${counts.join(', ')}`);
    console.log(`        ${accepted.size} of ${emissions.length} events were answered; in turn: ${counts.join(', ')}`);
  });
});
