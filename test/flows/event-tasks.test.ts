import assert from 'node:assert/strict';
import { EventHosts } from '../support/event-hosts.js';

const CASE = `
template: case
initial_state: open
states: { open: { actions: [note, wait, wait_by_data, tell_by_data, wait_elsewhere, stop, tell, tell_twice, chase, double, tell_and_wait, wait_and_stop, wait_fixed] } }
actions:
  note: {}
  wait:
    tasks:
      register:
        tasktype: heimdall_register
        params:
          registration_name: the_answer
          on_trigger_method: "{{stubpost.data.method}}"
          events: { answer: { path: "answers.{{stub.stubref}}.#", timeout_seconds: "{{stubpost.data.seconds}}" } }
          trigger_stubaction: { action_name: note, message: "{{stubpost.message}}", data: { asked: "~~stubpost.data.seconds" } }
  wait_by_data:
    tasks:
      register:
        tasktype: heimdall_register
        params:
          registration_name: by_data
          events:
            text: { path: "depots.{{stubpost.data.depot}}.closed" }
            whole: { path: "~~stubpost.data.depot" }
            list: { path: "lists.{{#each stubpost.data.many}}{{this}}.{{/each}}#" }
          trigger_stubaction: { action_name: note }
  tell_by_data:
    tasks:
      emit: { tasktype: heimdall_emit, params: { path: "depots.{{stubpost.data.depot}}.closed", data: { n: 7 } } }
  wait_elsewhere:
    tasks:
      register:
        tasktype: heimdall_register
        params:
          events: { it: { path: elsewhere } }
          trigger_stubaction: { stubref: "{{stubpost.data.stubref}}", action_name: note }
  stop:
    tasks:
      unregister: { tasktype: heimdall_unregister, params: { registration_name: the_answer } }
  tell:
    tasks:
      emit:
        tasktype: heimdall_emit
        params: { path: "answers.{{stubpost.data.to}}.yes", mechanism: "*", data: { n: "~~stubpost.data.n" } }
  tell_twice:
    tasks:
      first: { tasktype: heimdall_emit, params: { path: pair.1, mechanism: cbh, data: { n: 1 } } }
      second: { tasktype: heimdall_emit, params: { path: pair.2, mechanism: cbh, data: { n: 2 } } }
  tell_and_wait:
    tasks:
      register:
        tasktype: heimdall_register
        params:
          on_trigger_method: "{{stubpost.data.method}}"
          events: { it: { path: both } }
          trigger_stubaction: { action_name: note }
      emit: { tasktype: heimdall_emit, params: { path: both, data: { n: 1 } } }
  wait_and_stop:
    tasks:
      register:
        tasktype: heimdall_register
        params: { registration_name: short, events: { it: { path: short } }, trigger_stubaction: { action_name: note } }
      unregister: { tasktype: heimdall_unregister, params: { registration_name: short } }
  wait_fixed:
    tasks:
      register:
        tasktype: heimdall_register
        params: { uuid: "{{stubpost.data.uuid}}", events: { it: { path: short } }, trigger_stubaction: { action_name: note } }
  chase:
    tasks:
      register:
        tasktype: heimdall_register
        params: { events: { it: { path: "chase.{{stub.stubref}}" } }, trigger_stubaction: { action_name: chase } }
      emit: { tasktype: heimdall_emit, params: { path: "chase.{{stub.stubref}}" } }
  double:
    tasks:
      one: { tasktype: heimdall_emit, params: { path: "double.1.{{stub.stubref}}" } }
      two: { tasktype: heimdall_emit, params: { path: "double.2.{{stub.stubref}}" } }
`;
const BREED = `
template: breed
initial_state: open
states: { open: { actions: [breed] } }
actions:
  breed: { tasks: { emit: { tasktype: heimdall_emit, params: { path: breed } } } }
heimdall:
  it: { path: breed, mechanism: evt, create_stub: { subject: child, run: breed } }
`;

describe('Stubs that register for events and emit them', () => {
  let hosts: EventHosts;
  let [waiting, telling] = ['', ''];
  before(async () => {
    hosts = await EventHosts.start(
      { case: CASE, breed: BREED },
      1,
      'stubs: { loop_guard: { actions_per_chain: 120 } }',
    );
  });
  beforeEach(async () => {
    [waiting, telling] = (await Promise.all([hosts.newStub('case'), hosts.newStub('case')])) as [string, string];
  });
  after(() => hosts?.end());

  const wait = (method: string, seconds = 600) =>
    hosts.run(waiting, 'wait', { message: 'so?', data: { method, seconds } });
  const tell = (n: number) => hosts.run(telling, 'tell', { data: { to: waiting, n } });

  it('hear what another stub emits, once each, until they take the registration back', async () => {
    const { payload } = (await wait('keep')).tasks.register;
    assert.deepEqual([payload.registration_name, payload.replaced], ['the_answer', false]);
    assert.deepEqual((await tell(1)).tasks.emit.payload.handlers, ['the_answer']);
    await tell(2);
    assert.deepEqual(await hosts.untilNoted(waiting, 2), [1, 2]);
    const [post] = (await hosts.ask('GET', `/api/stubs/${waiting}/posts`)).items;
    assert.deepEqual([post.message, post.data.asked], ['so?', 600]);
    assert.deepEqual((await hosts.run(waiting, 'stop')).tasks.unregister.payload, {
      uuid: payload.uuid,
      unregistered: true,
    });
    assert.deepEqual((await tell(3)).tasks.emit.payload.handlers, []);
    assert.equal((await hosts.run(waiting, 'stop')).tasks.unregister.payload.unregistered, false);
  });

  for (const [depot, segment] of [
    ['#', '%23'],
    ['*', '%2A'],
    ['cape.town', 'cape%2Etown'],
    ['50%', '50%25'],
    ['knysna', 'knysna'],
  ] as const) {
    it(`a value in a path stays one segment, and no wildcard: ${depot}`, async () => {
      await hosts.run(waiting, 'wait_by_data', { data: { depot, many: [depot, 'x'] } });
      const { items } = await hosts.ask('GET', '/api/heimdall/registrations?limit=200');
      const [{ events }] = items.filter(
        ({ trigger_stubaction: trigger }: { trigger_stubaction?: { stubref: string } }) => trigger?.stubref === waiting,
      );
      assert.deepEqual(
        Object.values(events as { [name: string]: { path: string } }).map(({ path }) => path),
        [`depots.${segment}.closed`, segment, `lists.${segment}.x.#`],
      );
      await hosts.emit('depots.somewhere.closed', { data: { n: 1 } });
      await hosts.emit('depots.cape.town.closed', { data: { n: 2 } });
      const emitted = (await hosts.run(telling, 'tell_by_data', { data: { depot } })).tasks.emit.payload;
      assert.deepEqual([emitted.path, emitted.handlers], [`depots.${segment}.closed`, ['by_data']]);
      assert.deepEqual(await hosts.untilNoted(waiting, 1), [7]);
    });
  }

  it('registering again replaces the registration of the same name', async () => {
    const first = (await wait('keep')).tasks.register.payload;
    const second = (await wait('remove')).tasks.register.payload;
    assert.deepEqual(second, { ...first, replaced: true });
    await tell(1);
    await tell(2);
    await hosts.untilQuiet();
    assert.deepEqual(await hosts.noted(waiting), [1], 'it ended with the first');
    assert.equal((await wait('remove')).tasks.register.payload.replaced, false);
    await tell(3);
    assert.deepEqual(await hosts.untilNoted(waiting, 2), [1, 3]);
  });

  it('hear nothing once the time is over', async () => {
    await wait('keep', 60);
    await hosts.redis.client.incrby(hosts.keys.clockOffset(), 61_000);
    await tell(1);
    await hosts.untilQuiet();
    assert.deepEqual(await hosts.noted(waiting), []);
  });

  it('what is registered is in force for the next run, not for an event of the same one', async () => {
    const run = async (method: string) => {
      await hosts.run(waiting, 'tell_and_wait', { data: { method } });
      await hosts.untilQuiet();
      return hosts.noted(waiting);
    };
    assert.deepEqual(await run('keep'), []);
    assert.deepEqual(await run('remove'), [1]);
    assert.deepEqual(await run('remove'), [1, 1], 'the one before took it, the new one stays');
    await hosts.emit('both', { data: { n: 2 } });
    assert.deepEqual(await hosts.untilNoted(waiting, 3), [1, 1, 2]);
  });

  it('take back what they registered in the same run, and leave registrations of templates alone', async () => {
    const { payload } = (await hosts.run(waiting, 'wait_and_stop')).tasks.unregister;
    assert.equal(payload.unregistered, true);
    assert.equal((await hosts.emit('short')).handlers, 0);
    const { items } = await hosts.ask('GET', '/api/heimdall/registrations');
    const { uuid } = items.find(({ template }: { template?: string }) => template === 'breed');
    const { tasks } = await hosts.run(waiting, 'wait_fixed', { data: { uuid } });
    assert.equal(tasks.register.error.code, 'registration_fixed');
  });

  it('of two events of one run, one ends the registration and the next handler has the other', async () => {
    const more = { on_trigger_method: 'remove' };
    await hosts.register(waiting, { any: { path: 'pair.#', mechanism: 'cbh' } });
    await hosts.register(telling, { one: { path: 'pair.#', mechanism: 'cbh' } }, more);
    await hosts.run(waiting, 'tell_twice');
    await hosts.untilQuiet();
    assert.deepEqual([await hosts.noted(telling), await hosts.noted(waiting)], [[1], [2]]);
  });

  it('an event that answers are asked for tells which stubposts they are', async () => {
    await hosts.register(telling, { asked: { path: `answers.${waiting}.#`, mechanism: 'evb' } });
    const { payload } = (await tell(5)).tasks.emit;
    await hosts.untilQuiet();
    const { action_name, stubref } = await hosts.ask('GET', `/api/posts/${payload.answers[0].stubpostuuid}`);
    assert.deepEqual([action_name, stubref], ['note', telling]);
    const dry = await hosts.ask('POST', `/api/stubs/${telling}/actions/tell?dry_run=true`, {
      data: { to: waiting, n: 6 },
    });
    assert.deepEqual(dry.events, [{ path: `answers.${waiting}.yes`, mechanism: '*', data: { n: 6 } }]);
    await hosts.untilQuiet();
    assert.deepEqual(await hosts.noted(telling), [5], 'a dry run emits nothing');
  });

  it('what they say wrong is a failed task that says what is', async () => {
    const { tasks } = await hosts.run(waiting, 'wait', { data: { method: 'maybe', seconds: 1 } });
    assert.match(tasks.register.error.message, /params\.on_trigger_method is text; it takes one of: keep, remove\./);
    const elsewhere = await hosts.run(waiting, 'wait_elsewhere', { data: { stubref: 'nobody' } });
    assert.equal(elsewhere.tasks.register.error.code, 'stub_unknown');
  });

  it('that run one another by events come to an end', async () => {
    await hosts.run(waiting, 'chase');
    await hosts.run(waiting, 'chase');
    await hosts.untilQuiet();
    const { items } = await hosts.ask('GET', `/api/stubs/${waiting}/posts?limit=200`);
    assert.equal(items[0].refused.code, 'loop_guard');
    assert.equal(items.length, 54, 'made, two by hand, 50 by events and the one that was too many');
  });

  it('that make stubs which make stubs come to an end', async () => {
    await hosts.emit('breed');
    await hosts.untilQuiet();
    const { items } = await hosts.ask('GET', '/api/stubs?template=breed&limit=200');
    assert.equal(items.length, 52, 'of the event from outside, 50 of stubs, and the one that was too many');
    assert.equal(items[0].loop_guard.refused, 2, 'its birth and its run');
  });

  it('that run ever more of one another come to an end, and say so', async () => {
    const trigger_stubaction = { action_name: 'double', stubref: waiting };
    await hosts.register(waiting, { it: { path: `double.#.${waiting}` } }, { trigger_stubaction });
    await hosts.run(waiting, 'double');
    await hosts.untilQuiet();
    const { loop_guard } = await hosts.ask('GET', `/api/stubs/${waiting}`);
    const { items } = await hosts.ask('GET', `/api/stubs/${waiting}/posts?limit=200`);
    assert.match(items[0].refused.message, /sent 120 actions by now/);
    const ran = items.filter(({ refused }: { refused?: object }) => !refused);
    // Made, by hand, and 60 that sent two each; those of one turn see what was sent before it.
    assert.ok(ran.length >= 62 && ran.length <= 72, `${ran.length} ran`);
    assert.equal(loop_guard.refused, 2 * (ran.length - 1) - (ran.length - 2), 'what was on its way');
  });
});
