import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const THANDI = '27825550101';
const SIPHO = '27825550102';
const TEMPLATE = `
template: talk
initial_state: open
states: { open: { actions: [say, say_on_second] } }
actions:
  say: &say
    notifications:
      out: &out
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp: &whatsapp
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: { set_new_with_timeout_hours: 24 }
  say_on_second:
    notifications:
      out: { <<: *out, platforms: { meta_whatsapp: { <<: *whatsapp, whatsapp_profile_name: second } } }
`;

describe('Refusals of the provider', () => {
  let host: StoryHost;

  beforeEach(async () => {
    host = await StoryHost.start({ talk: TEMPLATE });
  });
  afterEach(() => host.stop());

  /** A stub whose client may be written to. */
  async function talk(client: string, profile = 'main'): Promise<string> {
    await host.clientSays(client, { text: 'hello', profile });
    return host.newStub('talk', `+${client}`);
  }
  /** Says so; resolves with the delivery's id. */
  async function say(stubref: string, message: string, action = 'say'): Promise<string> {
    const post = await host.run(stubref, action, { message });
    return (await host.post(post.stubpostuuid)).notifications.out.deliveries[0].id;
  }
  const fault = (of: object) => host.ask('POST', '/emulator/faults', of, 201);
  const endFaults = () => host.ask('DELETE', '/emulator/faults');
  const delivery = (id: string) => host.ask('GET', `/api/deliveries/${id}`);
  const untilStatus = (id: string, status: string) =>
    until(`the delivery to be ${status}`, async () => {
      const found = await delivery(id);
      return found.status === status && found;
    });
  const profile = async (name: string) =>
    (await host.ask('GET', '/api/profiles')).items.find((one: { name: string }) => one.name === name);
  const metrics = async () => (await fetch(`${host.url}/metrics`)).text();

  it('a token that ended stops the profile alone; everything waits in order and goes on when it is let', async () => {
    const [thandi, sipho] = [await talk(THANDI), await talk(SIPHO)];
    const second = await talk(SIPHO, 'second');
    await fault({ kind: 'error_code', code: 190, profile: 'main' });
    const ids = [await say(thandi, '1'), await say(thandi, '2'), await say(sipho, '3')];
    await until('the pause', async () => (await profile('main')).queue.paused);
    const elsewhere = await say(second, 'elsewhere', 'say_on_second');
    await until('the other profile', async () => (await delivery(elsewhere)).status === 'delivered');

    assert.equal((await profile('main')).queue.problem.provider_code, 190);
    assert.match(await metrics(), /stubwire_sending_paused\{queue="whatsapp-send-main",provider_code="190"\} 1/);
    for (const id of ids) assert.match((await delivery(id)).status, /queued|sending/, 'nothing has failed');
    await endFaults();
    await host.wait(5 / 3_600);
    assert.deepEqual(await host.arrived(THANDI), []);

    await host.ask('POST', '/api/profiles/main/resume');
    assert.deepEqual(await host.untilArrived(THANDI, 2), ['1', '2']);
    await until('all to arrive', async () => (await host.arrived(SIPHO)).includes('3'));
  });

  it('a client’s pair limit rests their lane alone, and it goes on where it stopped', async () => {
    const [thandi, sipho] = [await talk(THANDI), await talk(SIPHO)];
    await fault({ kind: 'error_code', code: 131056, client: THANDI, times: 3 });
    for (const text of ['1', '2', '3']) await say(thandi, text);
    await say(sipho, 'other');
    await host.untilArrived(SIPHO, 1);
    for (const seconds of [1, 4, 16]) await host.wait(seconds / 3_600);
    await until('the lane', async () => {
      await host.wait(16 / 3_600);
      return (await host.arrived(THANDI)).length === 3;
    });
    assert.deepEqual(await host.arrived(THANDI), ['1', '2', '3']);
  });

  it('too many a second lowers the profile’s rate for a while, and is seen', async () => {
    const thandi = await talk(THANDI);
    await fault({ kind: 'error_code', code: 130429, times: 1 });
    await say(thandi, '1');
    await host.untilArrived(THANDI, 1);
    assert.match(await metrics(), /stubwire_sending_lowered_per_second\{queue="whatsapp-send-main"\} 40/);
  });

  it('a window that was closed after all, by a status: the message waits with its session, then arrives once', async () => {
    const thandi = await talk(THANDI);
    await fault({ kind: 'fail_status', code: 131047, times: 1 });
    const id = await say(thandi, 'late');
    await untilStatus(id, 'stashed');
    await until('the request', async () => (await host.chat(THANDI)).some(({ type }) => type === 'template'));
    await host.clientSays(THANDI, { tap: 'Allow' });
    const { round, history } = await untilStatus(id, 'delivered');
    assert.equal(round, 2);
    assert.ok(!history.some(({ status }: { status: string }) => status === 'failed'));
    assert.equal((await host.conversation(THANDI)).stubsession.stubref, thandi);
  });

  it('a message that failed is sent again by hand, with its session', async () => {
    const thandi = await talk(THANDI);
    await fault({ kind: 'error_code', code: 131026, times: 1 });
    const id = await say(thandi, 'again');
    const { problem } = await untilStatus(id, 'failed');
    assert.match(problem.message, /131026.*Check the number/);
    assert.deepEqual(
      (await host.ask('GET', '/api/deliveries?status=failed')).items.map((one: { id: string }) => one.id),
      [id],
    );
    await host.ask('DELETE', `/api/conversations/main/${THANDI}/stubsession`);
    await host.ask('POST', `/api/deliveries/${id}/retry`, undefined, 202);
    await untilStatus(id, 'delivered');
    assert.deepEqual(await host.arrived(THANDI), ['again']);
    await until('the session', async () => (await host.conversation(THANDI)).stubsession?.stubref === thandi);
    await host.ask('POST', `/api/deliveries/${id}/retry`, undefined, 409);
  });

  it('a message that waits for consent can be taken back', async () => {
    const stub = await host.newStub('talk', `+${THANDI}`);
    const [first, second] = [await say(stub, '1'), await say(stub, '2')];
    await untilStatus(second, 'stashed');
    await host.ask('POST', `/api/deliveries/${first}/cancel`, undefined, 202);
    assert.equal((await untilStatus(first, 'failed')).problem.code, 'cancelled');
    await host.clientSays(THANDI, { tap: 'Allow' });
    await untilStatus(second, 'delivered');
    assert.ok(!(await host.arrived(THANDI)).includes('1'));
  });
});
