import assert from 'node:assert/strict';
import { EventHosts } from '../support/event-hosts.js';
import { until } from '../support/until.js';

const CASE = `
template: case
initial_state: open
states:
  open: { actions: [note, answer] }
actions:
  note: {}
  answer:
    tasks:
      count: { tasktype: savedata, params: { data: { answered: "~~heimdall.n" } } }
`;
const LISTENER = `
template: listener
initial_state: open
states: { open: {} }
heimdall:
  first: { path: made.by.rra, mechanism: rra, create_stub: { subject: "first {{heimdall.n}}" } }
  second: { path: "made.by.#", mechanism: rra, create_stub: { subject: "second {{heimdall.n}}" } }
  drawn: { path: made.by.rnd, mechanism: rnd, create_stub: { subject: "drawn {{heimdall.n}}" } }
  asked: { path: made.by.evb, mechanism: evb, create_stub: { subject: "asked {{heimdall.n}}" } }
`;

describe('Events and those who registered for them, on two processes', () => {
  let hosts: EventHosts;
  let stubs: string[];
  before(async () => {
    hosts = await EventHosts.start({ case: CASE, listener: LISTENER }, 2);
  });
  beforeEach(async () => {
    stubs = await Promise.all([0, 1, 2].map(() => hosts.newStub('case')));
  });
  after(() => hosts?.end());

  const all = () => Promise.all(stubs.map((stubref) => hosts.noted(stubref)));
  const settled = async () => {
    await hosts.untilQuiet();
    return all();
  };

  it('evt: everybody who matches hears it, each once, in the order of the events', async () => {
    await hosts.register(stubs[0]!, { all: { path: 'evt.*' }, also: { path: 'evt.#' } });
    await hosts.register(stubs[1]!, { one: { path: 'evt.1' } });
    await hosts.register(stubs[2]!, { other: { path: 'evt.3', mechanism: 'cbh' } });
    for (const n of [1, 2]) assert.equal((await hosts.emit(`evt.${n}`, { data: { n } })).handlers, n === 1 ? 2 : 1);
    assert.deepEqual(await settled(), [[1, 2], [1], []]);
  });

  it('cbh: one takes it, the most specific, then the newest', async () => {
    await hosts.register(stubs[0]!, { any: { path: 'cbh.*', mechanism: 'cbh' } });
    await hosts.register(stubs[1]!, { old: { path: 'cbh.#.x', mechanism: 'cbh' } });
    await hosts.register(stubs[2]!, { new: { path: 'cbh.#.x', mechanism: 'cbh' } });
    await hosts.emit('cbh.1.x', { mechanism: 'cbh', data: { n: 1 } });
    await hosts.emit('cbh.2', { mechanism: 'cbh', data: { n: 2 } });
    assert.deepEqual(await settled(), [[2], [], [1]]);
  });

  it('rra: one takes it, in turn, whichever process it comes to', async () => {
    for (const stubref of stubs) await hosts.register(stubref, { turn: { path: 'rra.#', mechanism: 'rra' } });
    for (let n = 0; n < 9; n++) await hosts.emit('rra.x', { mechanism: 'rra', data: { n } }, n % 2);
    assert.deepEqual(await settled(), [
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ]);
  });

  it('rnd: one takes it, and over many each takes some', async () => {
    for (const stubref of stubs) await hosts.register(stubref, { draw: { path: 'rnd.#', mechanism: 'rnd' } });
    const events = Array.from({ length: 40 }, (_, n) => n);
    await Promise.all(events.map((n) => hosts.emit(`rnd.${n}`, { mechanism: 'rnd', data: { n } }, n % 2)));
    const noted = await settled();
    assert.deepEqual(
      noted.flat().sort((a, b) => a - b),
      events,
    );
    for (const one of noted) assert.ok(one.length > 0);
  });

  it('evb: everybody hears it, and the emitter has their stubposts as answers', async () => {
    for (const stubref of stubs.slice(0, 2)) {
      const trigger_stubaction = { action_name: 'answer', stubref, message: 'here' };
      await hosts.register(stubref, { ask: { path: 'evb.#', mechanism: 'evb' } }, { trigger_stubaction });
    }
    await hosts.register(stubs[2]!, { hear: { path: 'evb.#', mechanism: 'evt' } });
    const emit = { path: 'evb.1', mechanism: 'evb', data: { n: 7 } };
    const { answers, complete } = await hosts.ask('POST', '/api/heimdall/emit?wait=30000', emit, { expected: 200 });
    assert.equal(complete, true);
    assert.deepEqual(answers.map(({ stubref }: { stubref: string }) => stubref).sort(), stubs.slice(0, 2).sort());
    for (const { stubpost } of answers)
      assert.deepEqual([stubpost.message, stubpost.tasks.count.payload], ['here', { answered: 7 }]);
    assert.deepEqual(await hosts.noted(stubs[2]!), []);
    const nobody = await hosts.ask('POST', '/api/heimdall/emit?wait=30000', { path: 'evb', mechanism: 'evb' });
    assert.deepEqual([nobody.complete, nobody.answers], [true, []]);
  });

  it('*: all mechanisms at once, each registration once', async () => {
    await hosts.register(stubs[0]!, {
      a: { path: 'star.#', mechanism: 'evt' },
      b: { path: 'star.1', mechanism: 'cbh' },
    });
    await hosts.register(stubs[1]!, { a: { path: 'star.#', mechanism: 'rra' } });
    await hosts.register(stubs[2]!, { a: { path: 'star.#', mechanism: 'rnd' } });
    await hosts.emit('star.1', { mechanism: '*', data: { n: 1 } });
    assert.deepEqual(await settled(), [[1], [1], [1]]);
  });

  it('templates use every mechanism too', async () => {
    const subjects = async () =>
      (await hosts.ask('GET', '/api/stubs?template=listener')).items
        .map(({ subject }: { subject: string }) => subject)
        .sort();
    for (const n of [1, 2, 3]) await hosts.emit('made.by.rra', { mechanism: 'rra', data: { n } });
    await hosts.emit('made.by.rnd', { mechanism: 'rnd', data: { n: 4 } });
    const { answers } = await hosts.ask('POST', '/api/heimdall/emit?wait=30000', {
      path: 'made.by.evb',
      mechanism: 'evb',
      data: { n: 5 },
    });
    assert.equal(answers[0].stubpost.action_name, '_create');
    await hosts.untilQuiet();
    assert.deepEqual(await subjects(), ['asked 5', 'drawn 4', 'first 1', 'first 3', 'second 2']);
  });

  it('an event emitted in one process meets what was registered, replaced or removed in another just before', async () => {
    const uuid = '7d3f2a60-0000-4000-8000-000000000001';
    for (let n = 0; n < 20; n++) {
      const events = { it: { path: `fresh.${n % 2}` } };
      const { registered_at } = await hosts.register(stubs[0]!, events, { uuid }, n % 2);
      assert.ok(registered_at);
      assert.equal((await hosts.emit(`fresh.${n % 2}`, { data: { n } }, (n + 1) % 2)).handlers, 1);
      assert.equal((await hosts.emit(`fresh.${(n + 1) % 2}`, {}, (n + 1) % 2)).handlers, 0);
      await hosts.untilQuiet(); // an event from outside is emitted when its turn comes
    }
    await hosts.ask('DELETE', `/api/heimdall/registrations/${uuid}`, undefined, { expected: 204 });
    for (const of of [0, 1]) assert.equal((await hosts.emit('fresh.1', {}, of)).handlers, 0);
    assert.equal((await settled())[0]!.length, 20);
  });

  it('remove: of many events at once exactly one is taken, and the next handler gets the others', async () => {
    await hosts.register(stubs[0]!, { any: { path: 'once.*', mechanism: 'cbh' } });
    await hosts.register(stubs[1]!, { one: { path: 'once.#', mechanism: 'cbh' } }, { on_trigger_method: 'remove' });
    const more = { on_trigger_method: 'remove' };
    await hosts.register(stubs[2]!, { a: { path: 'once.#' }, b: { path: 'once.1' } }, more);
    const events = Array.from({ length: 30 }, (_, n) => n);
    await Promise.all(events.map((n) => hosts.emit(`once.${n}`, { mechanism: '*', data: { n } }, n % 2)));
    const [others, first, heard] = await settled();
    assert.deepEqual([first!.length, heard!.length], [1, 1]);
    assert.deepEqual(
      [...others!, ...first!].sort((a, b) => a - b),
      events,
    );
    const left = await hosts.ask('GET', `/api/heimdall/registrations?stubref=${stubs[1]}`);
    assert.deepEqual(left.items, []);
  });

  it('of very many handlers each has the event once, those that end with it too', async () => {
    for (let n = 0; n < 230; n++)
      await hosts.register(stubs[n % 3]!, { it: { path: 'many.#' } }, n % 2 ? { on_trigger_method: 'remove' } : {});
    await hosts.emit('many.1', { data: { n: 1 } });
    await hosts.emit('many.2', { data: { n: 2 } });
    const taken = (await settled()).flat();
    const [first, second] = [1, 2].map((n) => taken.filter((one) => one === n).length) as [number, number];
    assert.equal(first + second, 115 * 2 + 115, 'those that are kept twice, those that end once');
    assert.ok(first >= 200 && second >= 115);
  });

  it('a process that has missed more changes than are kept reads all registrations anew', async () => {
    await hosts.register(stubs[0]!, { it: { path: 'gap.1' } }, {}, 0);
    assert.equal((await hosts.emit('gap.1', {}, 1)).handlers, 1);
    for (const n of [2, 3]) await hosts.register(stubs[0]!, { it: { path: `gap.${n}` } }, {}, 0);
    await hosts.redis.client.xtrim(hosts.keys.registrationChanges(), 'MAXLEN', 1);
    for (const n of [1, 2, 3]) assert.equal((await hosts.emit(`gap.${n}`, {}, 1)).handlers, 1);
  });

  it('a registration that has expired takes nothing, though nothing has removed it yet', async () => {
    await hosts.register(stubs[0]!, {
      short: { path: 'late.#', timeout_seconds: 10 },
      long: { path: 'late.1', timeout_seconds: 3_600 },
    });
    await hosts.redis.client.incrby(hosts.keys.clockOffset(), 11_000); // the clock alone: no timer comes with it
    await hosts.emit('late.2', { data: { n: 2 } });
    await hosts.emit('late.1', { data: { n: 1 } });
    assert.deepEqual((await settled())[0], [1]);
    await hosts.advance(3_600_000);
    const stored = () => hosts.redis.client.hlen(hosts.keys.registrations());
    const before = await stored();
    assert.equal((await hosts.emit('late.1')).handlers, 0);
    assert.deepEqual((await hosts.ask('GET', `/api/heimdall/registrations?stubref=${stubs[0]}`)).items, []);
    await hosts.advanceTo(2);
    await until('it to be taken away', async () => (await stored()) < before);
  });

  it('registrations are listed, the newest first, those of templates last, and survive a restart', async () => {
    const made = await hosts.register(stubs[0]!, {
      kept: { path: 'kept.#', mechanism: 'evb', timeout_seconds: 5_000 },
    });
    assert.deepEqual(made.events, { kept: { path: 'kept.#', mechanism: 'evb', timeout_seconds: 5_000 } });
    await hosts.stopAll();
    await hosts.startOne();
    await hosts.startOne();
    const { items } = await hosts.ask('GET', '/api/heimdall/registrations?limit=200');
    assert.deepEqual(items[0], made);
    assert.deepEqual([items.at(-1).template, items.at(-1).on_trigger_method], ['listener', 'keep']);
    assert.equal((await hosts.emit('kept.1', { mechanism: 'evb', data: { n: 1 } })).handlers, 1);
    assert.deepEqual(await hosts.untilNoted(stubs[0]!, 1), [1]);
    const refused = async (path: string, code: string, status: number) => {
      const body = await hosts.ask('DELETE', path, undefined, { expected: status });
      assert.equal(body.error.code, code);
    };
    await refused(`/api/heimdall/registrations/${items.at(-1).uuid}`, 'registration_fixed', 409);
    await refused('/api/heimdall/registrations/none', 'registration_unknown', 404);
  });

  it('what cannot be registered or emitted is refused with what is wrong', async () => {
    const [stubref] = stubs as [string];
    const refusal = async (path: string, body: object, expected = 422) =>
      (await hosts.ask('POST', `/api/heimdall/${path}`, body, { expected })).error;
    const registration = (events: object, trigger: object = {}) => ({
      registration_name: 'x',
      events,
      trigger_stubaction: { stubref, action_name: 'note', ...trigger },
    });
    const register = (...given: Parameters<typeof registration>) => refusal('registrations', registration(...given));
    assert.match((await register({ a: { path: 'a.*.b' } })).message, /"\*" before its end/);
    assert.match((await register({ a: { path: 'global.time.*', mechanism: 'cbh' } })).message, /write evt, not cbh/);
    assert.match((await register({})).message, /1 to 20 events, not 0/);
    const unknown = registration({ a: { path: 'a' } }, { stubref: 'nobody' });
    assert.equal((await refusal('registrations', unknown, 404)).code, 'stub_unknown');
    const noAction = registration({ a: { path: 'a' } }, { action_name: 'sing' });
    assert.match((await refusal('registrations', noAction, 404)).message, /has no action "sing". It has: note, answer/);
    assert.match((await refusal('emit', { path: 'global.time.minute.20300101000000' })).message, /the clock’s/);
    assert.match((await refusal('emit', { path: 'a', data: { a: 'x'.repeat(70_000) } })).message, /at most 65536/);
  });
});
