import assert from 'node:assert/strict';
import { CalleeServer, json } from '../support/callee-server.js';
import { writesFirst } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const message = (type: string, params: string) =>
  `{ message_type: ${type}, params: { ${type}: ${params} }, stubsession: { set_new_with_timeout_hours: 24 } }`;
const toClient = (platforms: string) => `
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms: { ${platforms} }`;

const template = (url: string) => `
template: case
initial_state: open
states:
  open: { actions: [tell, picture, everything, people, refused, close] }
  done: { structure: { meta: { is_done: true } } }
actions:
  tell:
    notifications:
      first:${toClient(`meta_whatsapp: ${message('text', '{ body: "Hello {{stubpost.message}}" }')}`)}
      second:${toClient(`meta_whatsapp: ${message('text', '{ body: "And more" }')}`)}
  picture:
    notifications:
      photo:${toClient(`meta_whatsapp: ${message('media', '{ files: ["{{stubpost.data.file}}"], caption: Look }')}`)}
  everything:
    to_state: done
    tasks:
      save: { tasktype: savedata, params: { data: { eta: "{{stubpost.data.eta}}" } } }
      ask: { tasktype: apicall, params: { method: POST, url: "${url}/orders", auth: { bearer: crm_token }, body: { eta: "~~stub.data.eta" } } }
      next: { tasktype: sendaction, params: { action_name: close, message: "then {{stub.data.eta}}" } }
      later: { tasktype: set_timer, params: { action_name: tell, after_hours: 2 } }
      typing: { tasktype: send_typing_indicator, params: { platform: whatsapp, whatsapp: { message_ids: [wamid.x] } } }
      other: { tasktype: create_stub, params: { template: case, contact_lists: { _created_by: [{ mobile: "+27825550198", name: Nobody }] } } }
    notifications:
      line:${toClient('log: { body: "It is {{stub.data.eta}}" }')}
  people:
    tasks:
      list: { tasktype: set_list, params: { list_name: a, contacts: [{ mobile: "082 555 0171", name: Thandi }, { mobile: "+27825550197", name: New One }] } }
      twice: { tasktype: set_list, params: { list_name: a, operation: remove, contacts: [{ mobile: "+27825550171", name: Thandi }] } }
      point: { tasktype: add_contactpoint, params: { contactuuid: 3f0b8c1e-0000-4000-8000-000000000000, type: mobile, contact: "+27825550171" } }
      nobody: { tasktype: create_stub, params: { template: case, contact_lists: { a: [{ mobile: "123", name: X }] } } }
  refused: { conditions: ["stub.data.never"] }
  close: { to_state: done }
`;
const CLIENT = '27825550171';

describe('A dry run', () => {
  const callee = new CalleeServer().at('/orders', json({}));
  let host: StoryHost;
  let stubref: string;

  before(async () => {
    await callee.start();
    const apicall = {
      allow_hosts: [`127.0.0.1:${callee.port}`],
      allow_private_addresses: true,
      secrets: { crm_token: 'token-of-the-crm-0815' },
    };
    host = await StoryHost.start({ case: template(`http://127.0.0.1:${callee.port}`) }, { apicall });
    stubref = await host.newStub('case', `+${CLIENT}`);
  });
  after(async () => {
    await host.stop();
    await callee.stop();
  });

  const look = (action: string, request: object = {}, expected = 200) =>
    host.ask('POST', `/api/stubs/${stubref}/actions/${action}?dry_run=true`, request, expected);
  /** All that a run could leave. */
  const traces = async () => ({
    posts: (await host.posts(stubref)).length,
    stub: await host.ask('GET', `/api/stubs/${stubref}`),
    stubs: (await host.ask('GET', '/api/stubs')).items.length,
    deliveries: (await host.ask('GET', '/api/deliveries')).items.length,
    contacts: (await host.ask('GET', '/api/contacts')).items.length,
    conversations: await host.ask('GET', '/api/conversations'),
    sent: (await host.calls('/messages')).length,
    called: callee.requests.length,
  });

  it('says that messages would wait for consent behind one request, and leaves no trace', async () => {
    const before = await traces();
    const { dry_run, stubpost, deliveries, also_sent } = await look('tell', { message: 'there' });
    assert.equal(dry_run, true);
    assert.deepEqual(
      deliveries.map(({ notification, profile, to, outcome }: Record<string, string>) => [
        notification,
        profile,
        to,
        outcome,
      ]),
      [
        ['first', 'main', CLIENT, 'stashed'],
        ['second', 'main', CLIENT, 'stashed'],
      ],
    );
    assert.equal(deliveries[0].request.body.text.body, 'Hello there');
    assert.deepEqual(deliveries[0].options.stubsession.set_new_with_timeout_hours, 24);
    assert.deepEqual(also_sent.length, 1, 'one request for both');
    assert.equal(also_sent[0].request.body.template.name, 'general_interaction_request');
    assert.deepEqual(
      [stubpost.message, stubpost.notifications.first.success, stubpost.notifications.first.deliveries[0].status],
      ['there', true, 'stashed'],
    );
    assert.deepEqual(await traces(), before);
  });

  it('shows to the letter what would be sent, once the window is open', async () => {
    await writesFirst(host, CLIENT);
    const { deliveries, also_sent } = await look('tell', { message: 'there' });
    assert.deepEqual([deliveries[0].outcome, deliveries[1].outcome, also_sent], ['sent', 'sent', []]);
    await host.run(stubref, 'tell', { message: 'there' });
    await host.untilArrived(CLIENT, 2);
    const sent = (await host.calls('/messages')).slice(-2);
    for (const [at, { request }] of deliveries.entries()) {
      const { biz_opaque_callback_data: _, ...shown } = request.body;
      const { biz_opaque_callback_data: __, ...real } = sent[at].body;
      assert.deepEqual(shown, real);
      assert.ok(request.url.endsWith(sent[at].path), `${request.url} is not ${sent[at].path}`);
    }
  });

  it('marks a file that is not at the provider yet, and no longer once it is', async () => {
    const file = await host.upload(Buffer.from(PNG, 'base64'), 'dot.png', 'image/png');
    const [first] = (await look('picture', { data: { file } })).deliveries;
    assert.equal(first.request.body.image.id, `(its id, once ${file} is uploaded)`);
    assert.match(first.request.first[0], new RegExp(file));
    await host.run(stubref, 'picture', { data: { file } });
    await host.untilArrived(CLIENT, 3);
    const [second] = (await look('picture', { data: { file } })).deliveries;
    assert.equal(second.request.first, undefined);
    assert.equal(second.request.body.image.id, (await host.calls('/messages')).at(-1).body.image.id);
  });

  it('tasks do nothing outside, show their effect to later steps, and say what they would have done', async () => {
    const before = await traces();
    const { stubpost, stub, letters, timers, deliveries } = await look('everything', { data: { eta: '15:00' } });
    const { ask, typing, other } = stubpost.tasks;
    assert.deepEqual(
      Object.values(stubpost.tasks as { [key: string]: { success: boolean } }).map(({ success }) => success),
      [true, true, true, true, true, true],
    );
    const { method, body, headers } = ask.payload.would_request;
    assert.deepEqual(
      [method, body, headers.Authorization],
      ['POST', '{"eta":"15:00"}', 'Bearer (the secret crm_token)'],
    );
    assert.deepEqual(typing.payload, [{ message_id: 'wamid.x' }]);
    assert.deepEqual([other.payload.template, other.payload.would_make], ['case', ['Nobody']]);
    assert.deepEqual([stub.state, stub.data.eta, stubpost.to_state], ['done', '15:00', 'done']);
    assert.deepEqual(
      [letters[0].to.id, letters[0].letter.action, letters[0].letter.message],
      [stubref, 'close', 'then 15:00'],
    );
    const [, { to, letter }] = letters;
    assert.deepEqual(
      [to.id, letter.template, letter.data],
      [other.payload.stubref, 'case', {}],
      'the stub that is made',
    );
    assert.equal(timers.length, 1);
    assert.deepEqual(
      [deliveries[0].channel, deliveries[0].outcome, deliveries[0].message],
      ['log', 'sent', { body: 'It is 15:00' }],
    );
    assert.deepEqual(await traces(), before);
  });

  it('knows people by their number, names those who would be made, and fails where the task would', async () => {
    const before = await traces();
    const known = (await host.ask('GET', `/api/contacts?mobile=${CLIENT}`)).items[0].contactuuid;
    const { list, twice, point, nobody } = (await look('people', {})).stubpost.tasks;
    assert.deepEqual([list.payload.contactuuids, list.payload.would_make], [[known], ['New One']]);
    assert.deepEqual([twice.success, twice.payload.would_make], [true, undefined]);
    assert.deepEqual([point.success, point.error.code], [false, 'contact_unknown']);
    assert.deepEqual([nobody.success, nobody.error.code], [false, 'number_invalid']);
    assert.deepEqual(await traces(), before);
  });

  it('uses up no Idempotency-Key: the run that it looks at may have it', async () => {
    const post = async (query: string) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'the-order-4711' };
      const path = `/api/stubs/${stubref}/actions/_update${query}`;
      const response = await fetch(host.url + path, { method: 'POST', headers, body: '{"data":{"seen":1}}' });
      return (await response.json()) as { dry_run?: boolean; stubpostuuid?: string };
    };
    const before = await traces();
    assert.equal((await post('?dry_run=true')).dry_run, true);
    assert.deepEqual(await traces(), before);
    const { stubpostuuid } = await post('?wait=30000');
    assert.equal((await host.post(stubpostuuid!)).action_name, '_update');
    assert.equal((await post('?dry_run=true')).dry_run, true);
    assert.equal((await post('?wait=30000')).stubpostuuid, stubpostuuid);
  });

  it('follows a client to the address where they are known now', async () => {
    const { user_id } = await host.ask('POST', '/emulator/clients', { number: '27825550172', name: 'Sipho' }, 201);
    await writesFirst(host, '27825550172');
    await until(
      'the link',
      async () => (await host.conversation(user_id).catch(() => undefined))?.client === '27825550172',
    );
    const contactpoints = [{ type: 'whatsapp_user', contact: user_id }];
    const { contactuuid } = await host.ask('POST', '/api/contacts', { name: 'By id', contactpoints }, 201);
    const body = { template: 'case', contact_lists: { _created_by: [contactuuid] } };
    const made = await host.ask('POST', '/api/stubs', body, 201);
    const { deliveries } = await host.ask('POST', `/api/stubs/${made.stubref}/actions/tell?dry_run=true`, {});
    assert.deepEqual([deliveries[0].to, deliveries[0].outcome], [user_id, 'sent'], 'the window is that of the number');
    assert.equal(deliveries[0].request.body.recipient, user_id);
  });

  it('is refused as the run would be', async () => {
    const refusal = async (action: string, status: number) => (await look(action, {}, status)).error.code;
    assert.equal(await refusal('refused', 409), 'conditions_not_met');
    assert.equal(await refusal('reopen', 404), 'action_unknown');
    const { error } = await look('tel', {}, 404);
    assert.match(error.message, /Did you mean "tell"\?/);
    const unknown = await host.ask('POST', `/api/stubs/${stubref.slice(0, -1)}_/actions/tell?dry_run=true`, {}, 404);
    assert.match(unknown.error.message, new RegExp(`Did you mean "${stubref}"\\?`));
  });

  it('says that a paused profile keeps messages back, and that a rejection refuses them', async () => {
    await host.ask('POST', '/api/profiles/main/pause', { reason: 'inventory' });
    const [waiting] = (await look('tell')).deliveries;
    assert.deepEqual([waiting.outcome, waiting.error.code], ['waits', 'paused_by_hand']);
    await host.ask('POST', '/api/profiles/main/resume');
    await host.wait(25);
    await host.run(stubref, 'tell');
    await host.untilArrived(CLIENT, 4);
    await host.clientSays(CLIENT, { tap: 'Reject' });
    await until('the rejection', async () => (await host.conversation(CLIENT)).consent.rejected_at !== null);
    const { deliveries, stubpost } = await look('tell');
    assert.deepEqual(
      [deliveries[0].outcome, deliveries[0].error.code, deliveries[0].request],
      ['failed', 'interaction_rejected', undefined],
    );
    assert.equal(stubpost.notifications.first.success, false);
  });
});

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
