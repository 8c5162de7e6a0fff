import assert from 'node:assert/strict';
import { EventHosts } from '../support/event-hosts.js';
import { until } from '../support/until.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CASE = `
template: case
initial_state: open
states: { open: { actions: [note] } }
actions: { note: {} }
`;
/** `20261122093000` */
const written = (ms: number): string => `${new Date(ms).toISOString().replace(/\D/g, '').slice(0, 12)}00`;
const iso = (ms: number): string => new Date(ms).toISOString();

describe('Events of the clock, on two processes', () => {
  let hosts: EventHosts;
  let stubref: string;
  before(async () => {
    hosts = await EventHosts.start({ case: CASE }, 2);
  });
  beforeEach(async () => {
    stubref = await hosts.newStub('case');
  });
  afterEach(async () => {
    const { items } = await hosts.ask('GET', '/api/heimdall/registrations?limit=200');
    for (const { uuid, template } of items)
      if (!template) await hosts.ask('DELETE', `/api/heimdall/registrations/${uuid}`);
  });
  after(() => hosts?.end());

  const minute = async (ahead: number) => Math.floor((await hosts.nowMs()) / MINUTE_MS) * MINUTE_MS + ahead * MINUTE_MS;
  const looks = () => hosts.redis.client.zcard(`${hosts.keys.queuePrefix}:heimdall-clock:delayed`);

  it('come every minute, each once, to who registered for them', async () => {
    await hosts.register(stubref, { tick: { path: 'global.time.minute.#' } });
    const minutes: string[] = [];
    for (let n = 1; n <= 3; n++) {
      minutes.push(iso(await hosts.advanceTo(1)));
      await hosts.untilNoted(stubref, n);
    }
    assert.deepEqual(await hosts.noted(stubref), minutes);
  });

  it('have the time of a zone on a path of its own, and a registration hears a minute once', async () => {
    const inTwo = await minute(2);
    const zones = [
      `global.time.zone.2.minute.${written(inTwo + 2 * HOUR_MS)}`,
      `global.time.zone.neg5.minute.${written(inTwo - 5 * HOUR_MS)}`,
    ];
    await hosts.register(stubref, Object.fromEntries(zones.map((path) => [path.slice(17, 22), { path }])));
    await hosts.advanceTo(1);
    await hosts.untilQuiet();
    await hosts.advanceTo(1);
    assert.deepEqual(await hosts.untilNoted(stubref, 1), [iso(inTwo)]);
    await hosts.advanceTo(1);
    await hosts.untilQuiet();
    assert.equal((await hosts.noted(stubref)).length, 1);
  });

  it('missed while no process ran are caught up: the newest, and any that somebody named', async () => {
    const other = await hosts.newStub('case');
    const named = await minute(30);
    await hosts.register(
      other,
      { it: { path: `global.time.minute.${written(named)}` } },
      { on_trigger_method: 'remove' },
    );
    await hosts.untilQuiet();
    await hosts.stopAll();
    await hosts.advance(5 * HOUR_MS);
    await hosts.startOne();
    await hosts.startOne();
    assert.deepEqual(await hosts.untilNoted(other, 1), [iso(named)]);
    await hosts.register(stubref, { tick: { path: 'global.time.*' } });
    await hosts.untilQuiet();
    await hosts.advance(2 * HOUR_MS);
    const caughtUp = await hosts.untilNoted(stubref, 60);
    await hosts.untilQuiet();
    const last = await minute(0);
    assert.deepEqual(
      await hosts.noted(stubref),
      Array.from({ length: 60 }, (_, at) => iso(last - (59 - at) * MINUTE_MS)),
    );
    assert.equal(caughtUp.length, 60);
    assert.equal((await hosts.noted(other)).length, 1);
  });

  it('are shown to who watches, those of zones only where the clock is named', async () => {
    const [all, zone] = [hosts.watch('*'), hosts.watch('global.time.zone.neg3.*')];
    await Promise.all([all.open, zone.open]);
    const first = await hosts.advanceTo(1);
    const path = `global.time.zone.neg3.minute.${written(first - 3 * HOUR_MS)}`;
    await until('the minute of the zone', () => zone.events.some((event) => event.path === path));
    await until('the minute', () => all.events.some((event) => event.path === `global.time.minute.${written(first)}`));
    all.close();
    zone.close();
  });

  it('come to a template that is loaded while the program runs and the clock sleeps', async () => {
    await hosts.redis.client.del(hosts.keys.minutesWatched(), hosts.keys.zonesWatched());
    hosts.writeTemplate(
      'ticker',
      `${CASE.replace('case', 'ticker')}heimdall:\n  tick: { path: "global.time.minute.#", mechanism: evt, create_stub: { subject: "{{heimdall.at}}" } }\n`,
    );
    const isLoaded = async (of: number) => {
      const { items } = await hosts.ask('GET', '/api/templates', undefined, { of });
      return items.some(({ name }: { name: string }) => name === 'ticker');
    };
    for (const of of [0, 1]) await until('the template to be loaded', () => isLoaded(of));
    await hosts.untilQuiet();
    const first = await hosts.advanceTo(1);
    const made = await until('the stub of the minute', async () => {
      const { items } = await hosts.ask('GET', '/api/stubs?template=ticker');
      return items.length > 0 && items;
    });
    assert.deepEqual(
      made.map(({ subject }: { subject: string }) => subject),
      [iso(first)],
    );
    hosts.writeTemplate('ticker', CASE.replace('case', 'ticker'));
    const wantsNone = async (of: number) => {
      const { items } = await hosts.ask('GET', '/api/heimdall/registrations', undefined, { of });
      return items.length === 0;
    };
    for (const of of [0, 1]) await until('it to want none', () => wantsNone(of));
  });

  it('cost nothing while nobody wants them', async () => {
    await hosts.redis.client.del(hosts.keys.minutesWatched(), hosts.keys.zonesWatched());
    for (let n = 0; n < 2; n++) {
      await hosts.advanceTo(15);
      await hosts.untilQuiet();
    }
    await until('the clock to sleep', async () => (await looks()) === 0);
    const before = await hosts.redis.client.xlen(hosts.keys.events());
    await hosts.advance(HOUR_MS);
    await hosts.untilQuiet();
    assert.equal(await hosts.redis.client.xlen(hosts.keys.events()), before);
    await hosts.register(stubref, { soon: { path: `global.time.minute.${written(await minute(1))}` } });
    const soon = await hosts.advanceTo(1);
    assert.deepEqual(await hosts.untilNoted(stubref, 1), [iso(soon)]);
  });
});
