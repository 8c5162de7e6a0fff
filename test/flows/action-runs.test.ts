import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const ORDER = `
template: order
initial_state: open
data: { depot: Cape Town }
states:
  open: { actions: [book, decide, careful, who, told, to_other, ping, pong, double] }
  paid: { actions: [] }
  refunded: { actions: [] }
  shut: { actions: [], structure: { meta: { is_done: true } } }
actions:
  _create:
    fields: { customer: { details: { description: Who it is for } } }
    tasks: { note: { tasktype: savedata, params: { data: { made_for: "~~stubpost.data.customer", seen: "~~stub.subject" } } } }
    metrics: { made: { counter: events } }
  _update: { tasks: { note: { tasktype: savedata, params: { data: { updated: true } } } } }
  _close:
    to_state: { money: { state: refunded, conditions: 'stub.data.refund' }, else: { state: shut, meta: { default: true } } }
  _attach: { metrics: { files: { counter: attached, increment: 2 } } }
  book:
    tasks:
      last: { __order: 2, tasktype: savedata, params: { data: { order: "{{stub.data.order}}b", first_said: "~~stubpost.tasks.first.payload.word" } } }
      first: { __order: 1, tasktype: savedata, params: { data: { order: "{{stub.data.order}}a", word: hello } } }
    notifications:
      line:
        send_to: { somebody: { type: mobile, value: "0825550150" } }
        platforms: { log: { body: "{{stub.data.order}} in {{stub.state}} of {{template.data.depot}}" } }
    metrics: { a: { counter: events }, b: { counter: events, increment: 4 } }
    to_state: paid
  decide:
    to_state:
      broken: { state: paid, conditions: '$error("no answer")' }
      first: { state: refunded, conditions: ['stubpost.data.amount > 10', 'stubpost.data.amount < 20'] }
      second: { state: paid, conditions: 'stubpost.data.amount > 5' }
  careful:
    conditions: ['stub.data.ready', 'stubpost.message != ""']
    tasks:
      skipped: { tasktype: savedata, conditions: 'stub.data.never', params: { data: { wrong: true } } }
      broken: { tasktype: savedata, conditions: '$error("broken")', params: { data: { wrong: true } } }
      stopped: { tasktype: attach_file, stop_on_failure: true, params: { files: "no-such-file" } }
      unreached: { tasktype: savedata, params: { data: { wrong: true } } }
    notifications:
      line: { send_to: { x: { type: mobile, value: "0825550150" } }, platforms: { log: { body: "Failed: {{stubpost.tasks.stopped.error.code}}" } } }
  who: { tasks: { keep: { tasktype: savedata, params: { data: { by: "~~actioningContact.name", number: "~~actioningContact.basic.contactpoints[0].contact" } } } } }
  told: { tasks: { keep: { tasktype: savedata, params: { data: { heard: "~~stubpost.message", data_too: "~~stubpost.data.x" } } } } }
  to_other: { tasks: { send: { tasktype: sendaction, params: { action_name: told, stubref: "{{stubpost.data.to}}", message: From here, data: { x: 1 } } } } }
  double: { tasks: { twice: { tasktype: savedata, params: { data: { three: "~~stub.data.one" } } } } }
  ping:
    tasks:
      itself: { tasktype: sendaction, params: { action_name: ping } }
      send: { tasktype: sendaction, params: { action_name: pong } }
  pong: { tasks: { send: { tasktype: sendaction, params: { action_name: ping } } } }
`;
const OPEN = 'template: endless\ninitial_state: open\nstates: { open: { actions: [] } }\n';
const STRICT = `
template: strict
initial_state: open
states: { open: { actions: [] } }
actions: { _create: { fields: { ref: { validations: { needed: { validationtype: required } } } }, to_state: open } }
`;

describe('A run of an action', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ order: ORDER, endless: OPEN, strict: STRICT });
  });
  after(() => host.stop());
  beforeEach(async () => {
    stubref = await host.newStub('order', '0825550151', 'Thandi', { data: { customer: 'Sipho' } });
  });
  const stub = (ref = stubref) => host.ask('GET', `/api/stubs/${ref}`);
  const refused = async (action: string, body: object, status: number) =>
    (await host.ask('POST', `/api/stubs/${stubref}/actions/${action}?wait=30000`, body, status)).error;

  it('goes through fields, tasks, notifications, metrics and state in this order, tasks in theirs', async () => {
    await host.run(stubref, '_update', { data: { order: '' } });
    const post = await host.run(stubref, 'book');
    assert.deepEqual(Object.keys(post.tasks), ['first', 'last']);
    assert.deepEqual([post.from_state, post.to_state], ['open', 'paid']);
    for (const task of Object.values<{ success: boolean; task_duration_ms: number }>(post.tasks)) {
      assert.equal(task.success, true);
      assert.equal(Number.isInteger(task.task_duration_ms), true);
    }
    assert.equal(post.notifications.line.deliveries.length, 1);
    const { data, metrics, state } = await stub();
    assert.deepEqual([data.order, data.first_said, state], ['ab', 'hello', 'paid']);
    assert.deepEqual(metrics.counters, { events: 6 });
  });

  it('that makes the stub runs the template’s own steps, from no state', async () => {
    const { data, metrics, pointers, links } = await stub();
    assert.deepEqual(data, { customer: 'Sipho', made_for: 'Sipho', seen: 'Parcel 4711' });
    assert.deepEqual([metrics.counters, pointers, links], [{ events: 1 }, {}, []]);
    const [made] = await host.posts(stubref);
    assert.deepEqual([made.action_name, made.from_state, made.to_state], ['_create', null, 'open']);
    assert.equal((await refused('_create', {}, 409)).code, 'action_not_in_state');
  });

  it('that would make a stub and is refused leaves no stub, and says what was wrong, again for the same key', async () => {
    for (let time = 0; time < 2; time++) {
      const response = await fetch(`${host.url}/api/stubs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'strict-1' },
        body: JSON.stringify({ template: 'strict' }),
      });
      assert.equal(response.status, 422);
      const { error } = (await response.json()) as { error: { code: string; details: { field: string }[] } };
      assert.deepEqual([error.code, error.details[0]!.field], ['field_invalid', 'ref']);
    }
    assert.deepEqual((await host.ask('GET', '/api/stubs?template=strict')).items, []);
    await host.ask('POST', '/api/stubs', { template: 'strict', data: { ref: 'A1' } }, 201);
  });

  it('takes the first branch whose conditions hold, else stays; one that gives no answer is on the stubpost', async () => {
    const post = await host.run(stubref, 'decide', { data: { amount: 3 } });
    assert.deepEqual([post.to_state, post.to_state_errors.broken.code], ['open', 'condition_failed']);
    assert.equal((await host.run(stubref, 'decide', { data: { amount: 15 } })).to_state, 'refunded');
    const other = await host.newStub('order', '0825550152');
    assert.equal((await host.run(other, 'decide', { data: { amount: 30 } })).to_state, 'paid');
  });

  it('is refused where its conditions or the state do not allow it, and the log says so', async () => {
    const { code, message } = await refused('careful', { message: 'go' }, 409);
    assert.deepEqual([code, message.includes('stub.data.ready')], ['conditions_not_met', true]);
    await host.run(stubref, 'book');
    const late = await refused('careful', {}, 409);
    assert.deepEqual([late.code, late.message.includes('base actions only')], ['action_not_in_state', true]);
    assert.equal((await refused('no_such', {}, 404)).code, 'action_unknown');
    assert.equal((await host.posts(stubref)).at(-2).refused.code, 'conditions_not_met');
  });

  it('records a failed task and goes on; after one that says stop_on_failure no task follows, the messages do', async () => {
    await host.run(stubref, '_update', { data: { ready: true } });
    const { tasks, notifications } = await host.run(stubref, 'careful', { message: 'go' });
    assert.deepEqual(Object.keys(tasks), ['skipped', 'broken', 'stopped']);
    assert.deepEqual([tasks.skipped.success, tasks.skipped.skipped], [true, true]);
    assert.deepEqual([tasks.broken.success, tasks.broken.error.code], [false, 'condition_failed']);
    assert.deepEqual([tasks.stopped.success, tasks.stopped.error.code], [false, 'file_unknown']);
    assert.equal(notifications.line.deliveries.length, 1);
    assert.equal((await stub()).data.wrong, undefined);
  });

  it('knows who runs it: the operator, else whom it is done for, else nobody', async () => {
    const [operator, client] = await Promise.all(
      ['0825550153', '0825550154'].map((mobile) =>
        host.ask('POST', '/api/contacts', { name: `N${mobile}`, mobile }, 201),
      ),
    );
    const by = async (posted_by: object) => {
      await host.run(stubref, 'who', { posted_by });
      return (await stub()).data;
    };
    const both = { contactuuid: operator.contactuuid, on_behalf_of: client.contactuuid };
    assert.deepEqual([(await by(both)).by, (await by(both)).number], ['N0825550153', '27825550153']);
    assert.equal((await by({ on_behalf_of: client.contactuuid })).by, 'N0825550154');
    const fresh = await host.newStub('order', '0825550155');
    await host.run(fresh, 'who');
    assert.equal((await stub(fresh)).data.by, undefined);
  });

  it('as base action updates, attaches, closes and reopens; the template’s steps join it and its to_state wins', async () => {
    await host.run(stubref, '_update', { data: { subject: 'New name', state: 'paid', x: 1 } });
    let now = await stub();
    assert.deepEqual([now.subject, now.state, now.data.state, now.data.updated], ['New name', 'open', 'paid', true]);
    assert.equal((await refused('_update', { data: { subject: 7 } }, 422)).code, 'validation_failed');
    const file = await host.upload(new TextEncoder().encode('x'), 'x.txt', 'text/plain');
    const post = await host.run(stubref, '_attach', { data: { files: [file, { fileuuid: file }] } });
    assert.equal(post.attachments.length, 2);
    await host.run(stubref, '_attach', { attachments: [file] });
    now = await stub();
    assert.deepEqual([now.attachments.length, now.metrics.counters.attached, now.data.files], [1, 4, undefined]);
    assert.equal((await refused('_attach', { data: { files: 'nothing' } }, 404)).code, 'file_unknown');
    assert.equal((await host.run(stubref, '_close')).to_state, 'shut');
    assert.equal((await host.run(stubref, '_reopen')).to_state, 'open');
    await host.run(stubref, '_update', { data: { refund: true } });
    assert.equal((await host.run(stubref, '_close')).to_state, 'refunded');
    const endless = await host.newStub('endless', '0825550156');
    const { error } = await host.ask('POST', `/api/stubs/${endless}/actions/_close`, {}, 409);
    assert.match(error.message, /_close has nowhere to go/);
    const names = (await host.ask('GET', `/api/stubs/${endless}/actions`)).items.map(
      ({ name }: { name: string }) => name,
    );
    assert.deepEqual(names, ['_update', '_reopen', '_attach']);
  });

  it('of the feedback action is possible in every state, by hand too', async () => {
    await host.run(stubref, '_close');
    const post = await host.run(stubref, '_update_from_whatsapp', { message: 'Written down for the client' });
    assert.deepEqual([post.message, post.to_state], ['Written down for the client', 'shut']);
  });

  it('sends actions to other stubs once it is stored, with its poster', async () => {
    const other = await host.newStub('order', '0825550157');
    const { contactuuid } = await host.ask('POST', '/api/contacts', { name: 'Op', mobile: '0825550158' }, 201);
    const { tasks } = await host.run(stubref, 'to_other', { data: { to: other }, posted_by: { contactuuid } });
    assert.deepEqual(tasks.send.payload, { stubref: other, action_name: 'told' });
    const heard = (await host.untilPosts(other, 2)).at(-1);
    assert.deepEqual([heard.message, heard.data, heard.posted_by], ['From here', { x: 1 }, { contactuuid }]);
    assert.equal((await stub(other)).data.heard, 'From here');
    for (const to of ['nonsense', 'a|b', '']) {
      const { send } = (await host.run(stubref, 'to_other', { data: { to } })).tasks;
      assert.equal(send.success, false, to);
    }
  });

  it('that would make the stub grow without end is refused, and a task that would fails', async () => {
    const page = 'x'.repeat(400_000);
    await host.run(stubref, '_update', { data: { one: page } });
    await host.run(stubref, '_update', { data: { two: page } });
    const { code, message } = await refused('_update', { data: { three: page } }, 422);
    assert.deepEqual([code, /may have 1048576/.test(message)], ['validation_failed', true]);
    const { tasks } = await host.run(stubref, 'double');
    assert.deepEqual([tasks.twice.success, tasks.twice.error.code], [false, 'validation_failed']);
    assert.deepEqual(Object.keys((await stub()).data).includes('three'), false);
    assert.equal((await host.run(stubref, '_update', { data: { two: 'short' } })).to_state, 'open');
  });

  it('that sends itself is refused, and a circle of two ends at the limit of the loop guard', async () => {
    const { tasks } = await host.run(stubref, 'ping');
    assert.equal(tasks.itself.error.code, 'sendaction_loop');
    const last = await until('the circle to end', async () => {
      const post = (await host.posts(stubref)).at(-1);
      return post.refused && post;
    });
    assert.equal(last.refused.code, 'loop_guard');
    assert.match(last.refused.message, /number 51 of a chain/);
    const now = await stub();
    assert.deepEqual([now.version, now.loop_guard.refused], [53, 1]);
  });
});
