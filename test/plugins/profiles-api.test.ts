import assert from 'node:assert/strict';
import { AccountHost, ask, realProfile } from '../support/account-host.js';
import { type AccountCall, FakeAccount, TOKEN_REFUSED } from '../support/fake-account.js';
import { until } from '../support/until.js';

const NOTE = `
template: note
initial_state: open
states: { open: { actions: [tell] } }
actions:
  tell:
    notifications:
      to_client:
        send_to: { client: { type: mobile, value: "+27825550101" } }
        platforms:
          meta_whatsapp:
            message_type: template
            params: { template: { whatsapp_template_name: parcel_news } }
`;

const ACCEPTED = ({ body }: AccountCall) => ({
  body: { messages: [{ id: `wamid.${body.biz_opaque_callback_data}` }] },
});

describe('profiles over HTTP', () => {
  let account: FakeAccount;
  let host: AccountHost;
  const SEND = 'POST /100000000000001/messages';

  beforeEach(async () => {
    const template = { name: 'parcel_news', language: 'en', status: 'APPROVED', category: 'UTILITY' };
    account = await new FakeAccount()
      .on('GET /200000000000001/message_templates', () => ({
        body: { data: [{ ...template, components: [{ type: 'BODY', text: 'News.' }] }] },
      }))
      .on(SEND, ACCEPTED)
      .start();
    host = new AccountHost({ note: NOTE }).write(realProfile(account.url));
  });
  afterEach(async () => {
    await host.end();
    await account.stop();
  });

  type Program = Awaited<ReturnType<AccountHost['start']>>;
  const main = async (program: Program) => (await ask(program, 'GET', '/api/profiles')).body.items[0];
  async function tellOnce(program: Program): Promise<string> {
    const { body: stub } = await ask(program, 'POST', '/api/stubs', { template: 'note' });
    const { body } = await ask(program, 'POST', `/api/stubs/${stub.stubref}/actions/tell?wait=30000`, {});
    return body.stubpostuuid;
  }
  const toClient = async (program: Program, stubpostuuid: string) =>
    (await ask(program, 'GET', `/api/posts/${stubpostuuid}`)).body.notifications.to_client;

  it('shows each with its number, queue, commands and templates, and never a secret', async () => {
    const program = await host.start();
    const shown = await until('the templates to be read', async () => {
      const profile = await main(program);
      return profile.whatsapp_templates.synced_at !== null && profile;
    });
    const { whatsapp_templates, ...rest } = shown;
    assert.equal(whatsapp_templates.templates, 1);
    assert.deepEqual(rest, {
      name: 'main',
      is_default: true,
      phone_number_id: '100000000000001',
      display_phone_number: '15550000001',
      waba_id: '200000000000001',
      graph_url: account.url,
      graph_version: 'v25.0',
      emulated: false,
      language: 'en',
      messages_per_second: 80,
      interaction_request_template: 'general_interaction_request',
      queue: { name: 'whatsapp-send-main', paused: false, since: null, waiting_clients: 0, messages_per_second: 80 },
      commands: { enabled: false, list: [], pushed_at: null },
    });
    const { text } = await ask(program, 'GET', '/api/profiles');
    for (const secret of ['secret-token', 'secret-app', 'secret-verify']) assert.ok(!text.includes(secret));
  });

  it('sends nothing while it is paused by hand, over a restart too, and goes on where it stopped', async () => {
    const first = await host.start();
    const paused = await ask(first, 'POST', '/api/profiles/main/pause', { reason: 'the depot moves' });
    assert.equal(paused.status, 200);
    assert.deepEqual([paused.body.queue.paused, paused.body.queue.problem.code], [true, 'paused_by_hand']);
    assert.match(paused.body.queue.problem.message, /the depot moves/);
    const post = await tellOnce(first);
    await until('the message to wait', async () => (await main(first)).queue.waiting_clients === 1);
    const { success, pending, deliveries } = await toClient(first, post);
    assert.deepEqual([success, pending, deliveries[0].provider_id], [false, true, undefined], 'nobody knows yet');
    const listed = (await ask(first, 'GET', '/api/channels')).body.items;
    const { profiles } = listed.find(({ channel }: { channel: string }) => channel === 'meta_whatsapp');
    assert.deepEqual([profiles[0].profile, profiles[0].paused, profiles[0].waiting_addresses], ['main', true, 1]);
    await host.stopAll();

    host.write(realProfile(account.url).replace('secret-token', 'another-token'));
    const next = await host.start();
    assert.equal((await main(next)).queue.paused, true, 'another token does not end a pause by hand');
    assert.equal(account.of(SEND).length, 0);
    const resumed = await ask(next, 'POST', '/api/profiles/main/resume');
    assert.deepEqual([resumed.body.queue.paused, resumed.body.queue.since], [false, null]);
    await until('the message to arrive', () => account.of(SEND).length === 1);
    assert.equal(account.of(SEND)[0]!.token, 'another-token');
    const done = await until('the answer to be stored', async () => {
      const told = await toClient(next, post);
      return told.success && told;
    });
    const { id, provider_id } = done.deliveries[0];
    assert.deepEqual([done.pending, provider_id], [undefined, `wamid.${id}`]);
    const { body: found } = await ask(next, 'GET', `/api/deliveries?provider_id=${encodeURIComponent(provider_id)}`);
    assert.deepEqual([found.items.length, found.items[0].id], [1, id]);
  });

  it('goes on by itself at the start with another token, where Meta had refused the one before, and only then', async () => {
    const takes = (token: string) =>
      account.on(SEND, (call) => (call.token === token ? ACCEPTED(call) : TOKEN_REFUSED));
    takes('renewed-token');
    const first = await host.start();
    await tellOnce(first);
    const paused = await until('the profile to be paused', async () => {
      const { queue } = await main(first);
      return queue.paused && queue;
    });
    assert.equal(paused.problem.provider_code, 190);
    await host.stopAll();

    const same = await host.start();
    assert.equal((await main(same)).queue.paused, true, 'the same token would be refused again');
    await host.stopAll();
    host.write(realProfile(account.url).replace('secret-token', 'renewed-token'));
    const renewed = await host.start();
    assert.equal((await main(renewed)).queue.paused, false);
    await until('the message to arrive', () => account.of(SEND).some(({ token }) => token === 'renewed-token'));
  });

  it('pauses the profile if Meta does not know the number, or hides it from the token; the message keeps its place', async () => {
    const unknown = "Unsupported post request. Object with ID '100000000000001' does not exist";
    account.on(SEND, () => ({ status: 400, body: { error: { message: unknown, code: 100, error_subcode: 33 } } }));
    const program = await host.start();
    await tellOnce(program);
    await tellOnce(program);
    const { problem } = await until('the profile to be paused', async () => {
      const { queue } = await main(program);
      return queue.paused && queue;
    });
    assert.equal(problem.provider_code, 100);
    assert.match(problem.message, /not know this phone_number_id, or the token has no access/);
    const { body } = await ask(program, 'GET', '/api/deliveries');
    assert.equal(body.items.length, 2);
    assert.ok(body.items.every(({ status }: { status: string }) => status !== 'failed'));
  });

  it('refuses to pause a profile that is not there', async () => {
    const program = await host.start();
    for (const name of ['mane', '__proto__', 'constructor', 'toString'])
      for (const verb of ['pause', 'resume']) {
        const answer = await ask(program, 'POST', `/api/profiles/${name}/${verb}`, {});
        assert.deepEqual([answer.status, answer.body.error.code], [404, 'profile_unknown'], name);
      }
  });
});
