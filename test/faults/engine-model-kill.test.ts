import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineProcess, freePort } from '../support/engine-process.js';
import { type Answer, ask, askAll, askFor } from '../support/fault-http.js';
import { SeededRandom } from '../support/fault-random.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

const CASES = 80;
const PAIRS = 8;
const KILLS = 2;

const TEMPLATES = `
template: case
initial_state: open
states: { open: { actions: [begin, two, three, timed, never] } }
actions:
  begin:
    tasks:
      child: { tasktype: create_stub, params: { template: child, data: { parent: "~~stub.stubref" } } }
      greet: { tasktype: sendaction, params: { stubref: "{{stubpost.tasks.child.payload.stubref}}", action_name: hello } }
      keep: { tasktype: savedata, params: { data: { child: "~~stubpost.tasks.child.payload.stubref" } } }
      paper: { tasktype: attach_file, params: { files: "{{stubpost.data.file}}" } }
      soon: { tasktype: set_timer, params: { action_name: timed, after_seconds: 2 } }
      wrong: { tasktype: set_timer, params: { timer_name: late, action_name: never, after_seconds: 1 } }
      cancelled: { tasktype: set_timer, params: { timer_name: off, action_name: never, after_seconds: 1 } }
      on: { tasktype: sendaction, params: { action_name: two } }
  two:
    metrics: { n: { counter: two } }
    tasks:
      late: { tasktype: set_timer, params: { timer_name: late, action_name: never, after_days: 300 } }
      off: { tasktype: set_timer, params: { timer_name: off, operation: cancel } }
      on: { tasktype: sendaction, params: { action_name: three } }
  three: { metrics: { n: { counter: three } } }
  timed: { metrics: { n: { counter: timed } } }
  never: { metrics: { n: { counter: never } } }
---
template: child
initial_state: open
states: { open: { actions: [hello] } }
actions:
  hello: { metrics: { n: { counter: hello } } }
`;

describe('kill -9 while stubs make stubs, send actions, set timers and attach files, and people are merged and erased', () => {
  let dir: string;
  let engine: EngineProcess;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-model-'));
    mkdirSync(join(dir, 'templates'));
    writeFileSync(join(dir, 'templates', 'case.yaml'), TEMPLATES);
    const config = {
      org: { orguuid: 'faults', name: 'Faults', default_country: 'ZA' },
      http: { host: '127.0.0.1' },
      redis: { url: `unix://${privateRedis.options.path}`, prefix: privateRedis.newPrefix() },
      files: { dir: 'files' },
      log: { level: 'error' },
      plugins: { log: {} },
    };
    writeFileSync(join(dir, 'stubwire.yaml'), JSON.stringify(config));
    engine = await new EngineProcess(join(dir, 'stubwire.yaml'), await freePort(), {}).start();
  });
  after(async () => {
    await engine?.kill9();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Asks until there is an answer; merging and erasing may be asked for again. */
  const insist = (method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> =>
    until(`an answer to ${method} ${path}`, async () => {
      const answer = await ask(method, `${engine.url}${path}`, body);
      if (![0, 503].includes(answer.status)) return answer;
      await pause(50);
      return undefined;
    });
  const get = (path: string) => askFor(200, 'GET', `${engine.url}${path}`);
  const contact = async (n: number) => {
    const mobile = `+2782556${String(n).padStart(4, '0')}`;
    return (await askFor(201, 'POST', `${engine.url}/api/contacts`, { name: `Person ${n}`, mobile }))
      .contactuuid as string;
  };
  const stubOf = async (contactuuid: string) => {
    const body = {
      template: 'child',
      contact_lists: { all: [contactuuid] },
      message: `I am ${contactuuid.slice(0, 4)}`,
    };
    const posted_by = { on_behalf_of: contactuuid };
    return (await askFor(201, 'POST', `${engine.url}/api/stubs`, { ...body, posted_by })).stubref as string;
  };

  it('each of it happens exactly once', async () => {
    const form = new FormData();
    form.append('file', new Blob(['paper']), 'paper.txt');
    const uploaded = await (await fetch(`${engine.url}/api/files`, { method: 'POST', body: form })).json();
    const file = (uploaded as { items: { fileuuid: string }[] }).items[0]!.fileuuid;
    const many = <T>(count: number, make: (n: number) => Promise<T>) =>
      Promise.all(Array.from({ length: count }, (_, n) => make(n)));
    const cases = await many(
      CASES,
      async () => (await askFor(201, 'POST', `${engine.url}/api/stubs`, { template: 'case' })).stubref,
    );
    const merged = await many(PAIRS, async (n) => {
      const [into, from] = [await contact(n), await contact(1_000 + n)];
      return { into, from, stubref: await stubOf(from) };
    });
    const erased = await many(PAIRS, async (n) => {
      const who = await contact(2_000 + n);
      return { who, stubref: await stubOf(who) };
    });

    const random = SeededRandom.of('the model');
    const slowly = async (n: number, run: () => Promise<Answer>) => {
      await pause(n * 100);
      return run();
    };
    const asked = Promise.all([
      ...merged.map(({ into, from }, n) =>
        slowly(n, () => insist('POST', `/api/contacts/${into}/merge`, { contactuuid: from })),
      ),
      ...erased.map(({ who }, n) => slowly(n, () => insist('DELETE', `/api/contacts/${who}`))),
    ]);
    // Each is safe once it is answered; how far its work has come when the process dies is left to chance.
    await Promise.all(
      cases.map((stubref) =>
        askFor(202, 'POST', `${engine.url}/api/stubs/${stubref}/actions/begin`, { data: { file } }),
      ),
    );
    for (let kills = 0; kills < KILLS; kills++) {
      await pause(random.between(0, 500));
      await engine.kill9();
      await engine.start();
    }
    const answers = await asked;
    assert.deepEqual(
      answers.map(({ status }) => status).filter((status) => status >= 300),
      [],
    );

    await until('every timer and every greeting to have come', async () => {
      const counters = (await askAll(`${engine.url}/api/stubs`)).map(({ metrics }) => metrics.counters);
      return ['timed', 'hello'].every((name) => counters.filter((counted) => counted[name]).length === CASES);
    });
    const children = new Map<string, string>();
    for (const stub of await askAll(`${engine.url}/api/stubs`)) {
      if (stub.data.parent === undefined) continue;
      assert.equal(children.has(stub.data.parent), false, 'a second child');
      children.set(stub.data.parent, stub.stubref);
      assert.deepEqual(stub.metrics.counters, { hello: 1 });
    }
    for (const stubref of cases) {
      const { metrics, data, attachments, timers } = await get(`/api/stubs/${stubref}`);
      assert.deepEqual(metrics.counters, { two: 1, three: 1, timed: 1 });
      assert.deepEqual([data.child, attachments.length, Object.keys(timers)], [children.get(stubref), 1, ['late']]);
      const { items } = await get(`/api/stubs/${stubref}/posts`);
      assert.equal(items.length, 5);
    }
    for (const { into, from, stubref } of merged) {
      const survivor = await get(`/api/contacts/${from}`);
      assert.deepEqual(
        [survivor.contactuuid, survivor.merged_from, survivor.basic.contactpoints.length],
        [into, [from], 2],
      );
      await until('the stub to know the survivor', async () => {
        const { contact_lists } = await get(`/api/stubs/${stubref}`);
        return contact_lists.all.contactuuids.length === 1 && contact_lists.all.contactuuids[0] === into;
      });
    }
    for (const { who, stubref } of erased) {
      await until('the erasure to end', async () => {
        const { status, body } = await ask('GET', `${engine.url}/api/contacts/${who}`);
        return status === 410 && body.error.details.done;
      });
      const { items } = await get(`/api/stubs/${stubref}/posts`);
      assert.deepEqual(
        items.map(({ message, erased }: { message: string; erased?: true }) => [message, erased]),
        [['', true]],
      );
    }
    assert.deepEqual((await get('/api/dead-letters')).items, []);
  });
});
