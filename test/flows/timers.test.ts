import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: watch
initial_state: open
states: { open: { actions: [in_days, in_hours, at, cancel, remind, follow, once_more, shut] }, shut: {} }
actions:
  in_days: { tasks: { t: { tasktype: set_timer, params: { timer_name: "{{stubpost.message}}", action_name: remind, after_days: "{{stubpost.data.days}}", message: "It is time, {{stub.subject}}", data: { about: "~~stubpost.data.about" } } } } }
  in_hours: { tasks: { t: { tasktype: set_timer, params: { action_name: remind, after_hours: "~~stubpost.data.hours" } } } }
  at: { tasks: { t: { tasktype: set_timer, params: { action_name: remind, at: "{{stubpost.data.at}}", time_zone: "~~stubpost.data.zone" } } } }
  cancel: { tasks: { t: { tasktype: set_timer, params: { operation: cancel, timer_name: "{{stubpost.message}}" } } } }
  remind: { metrics: { n: { counter: reminded } } }
  follow: { tasks: { t: { tasktype: set_timer, params: { action_name: once_more, after_hours: 1 } } } }
  once_more: { metrics: { n: { counter: again } }, tasks: { t: { tasktype: set_timer, params: { action_name: once_more, after_hours: 1 } } } }
  shut: { to_state: shut }
`;

describe('A timer of a stub', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ watch: TEMPLATE });
  });
  after(() => host.stop());
  beforeEach(async () => {
    stubref = await host.newStub('watch', '0825550181');
  });
  const stub = () => host.ask('GET', `/api/stubs/${stubref}`);
  const days = (name: string, count: number, about = name) =>
    host.run(stubref, 'in_days', { message: name, data: { days: count, about } });
  const reminded = (count: number) =>
    until(`${count} reminders`, async () => {
      const { metrics } = await stub();
      return (metrics.counters.reminded ?? 0) >= count;
    });
  const reminders = async () => (await host.posts(stubref)).filter(({ action_name }) => action_name === 'remind');

  it('runs its action once when the day has come, a year ahead too, and stands on the stub until then', async () => {
    const { tasks, posted_at } = await days('yearly', 365, 'rent');
    const due = new Date(Date.parse(posted_at) + 365 * 86_400_000).toISOString();
    assert.deepEqual(tasks.t.payload, { timer_name: 'yearly', action_name: 'remind', due_at: due });
    const { timers } = await stub();
    assert.deepEqual(
      [timers.yearly.due_at, timers.yearly.action_name, timers.yearly.message, timers.yearly.data],
      [due, 'remind', 'It is time, Parcel 4711', { about: 'rent' }],
    );
    await host.wait(364 * 24);
    assert.deepEqual(await reminders(), []);
    await host.wait(25);
    await reminded(1);
    const [post] = await reminders();
    assert.deepEqual([post.message, post.data, post.posted_by], ['It is time, Parcel 4711', { about: 'rent' }, {}]);
    assert.deepEqual((await stub()).timers, {});
    await host.wait(366 * 24);
    assert.equal((await reminders()).length, 1);
  });

  it('takes a time that is text, and no other value than a number', async () => {
    const inHours = async (hours: unknown) => (await host.run(stubref, 'in_hours', { data: { hours } })).tasks.t;
    assert.equal((await inHours('2')).success, true);
    const refused = { null: null, true: true, '[5]': [5], '""': '', '"soon"': 'soon' };
    for (const [name, hours] of Object.entries(refused)) {
      const { success, error } = await inHours(hours);
      assert.equal(success, false, name);
      assert.match(error.message, /params\.after_hours is .*; it takes a number/, name);
    }
  });

  it('is replaced by one of the same name, and cancelled by it; neither ever runs', async () => {
    await days('a', 1, 'first');
    await days('a', 3, 'second');
    await days('b', 2);
    const cancelled = await host.run(stubref, 'cancel', { message: 'b' });
    assert.deepEqual(cancelled.tasks.t.payload, { timer_name: 'b', cancelled: true });
    assert.equal((await host.run(stubref, 'cancel', { message: 'b' })).tasks.t.payload.cancelled, false);
    assert.equal((await host.run(stubref, 'cancel', { message: 'toString' })).tasks.t.payload.cancelled, false);
    assert.deepEqual(Object.keys((await stub()).timers), ['a']);
    await host.wait(3 * 24 + 1);
    await reminded(1);
    assert.deepEqual(
      (await reminders()).map(({ data }) => data.about),
      ['second'],
    );
  });

  it('comes at a time of day where its clock hangs', async () => {
    const at = async (time: string, zone?: string) =>
      (await host.run(stubref, 'at', { data: { at: time, ...(zone && { zone }) } })).tasks.t;
    assert.equal((await at('2030-01-15T08:00:00+02:00')).payload.due_at, '2030-01-15T06:00:00.000Z');
    assert.equal((await at('2030-01-15T08:00', 'Africa/Johannesburg')).payload.due_at, '2030-01-15T06:00:00.000Z');
    assert.equal((await at('2030-07-15T08:00', 'Europe/Berlin')).payload.due_at, '2030-07-15T06:00:00.000Z');
    assert.match((await at('2030-01-15T08:00')).error.message, /no time with a zone/);
    assert.match((await at('2030-02-30T08:00Z')).error.message, /no time/);
    assert.match((await at('2030-01-15T08:00', 'Africa/Nowhere')).error.message, /no time zone/);
    assert.match((await at('2050-01-15T08:00Z')).error.message, /over 5 years/);
    assert.match((await days('n', -1)).tasks.t.error.message, /after_days/);
  });

  it('of a time that is over comes a second later, so that none can turn without a pause', async () => {
    const { posted_at, tasks } = await host.run(stubref, 'at', { data: { at: '2020-01-01T00:00:00Z' } });
    assert.equal(Date.parse(tasks.t.payload.due_at), Date.parse(posted_at) + 1_000);
    await host.wait(0.001);
    await reminded(1);
  });

  it('can set the next one, and one whose action the state does not allow is refused in the log and gone', async () => {
    await host.run(stubref, 'follow');
    for (let hour = 1; hour <= 3; hour++) {
      await host.wait(1.01);
      await until(`time ${hour}`, async () => (await stub()).metrics.counters.again === hour);
    }
    await host.run(stubref, 'cancel', { message: 'once_more' });
    await days('late', 1);
    await host.run(stubref, 'shut');
    await host.wait(25);
    const [refused] = await until('the reminder', async () => {
      const found = await reminders();
      return found.length > 0 && found;
    });
    assert.equal(refused.refused.code, 'action_not_in_state');
    const { timers, metrics } = await stub();
    assert.deepEqual([timers, metrics.counters], [{}, { again: 3 }]);
  });
});
