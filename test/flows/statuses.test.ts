import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: desk
initial_state: open
states:
  open: { actions: [tell, tell_and_show, speak] }
actions:
  tell:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
  tell_and_show:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            enable_additional_status_messages: true
            params: { text: { body: "{{stubpost.message}}" } }
  speak:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: media
            enable_additional_status_messages: true
            params: { media: { files: ["~~stubpost.data.recording"] } }
`;
const STATUS = 'stubber.systems.notifications.whatsapp.status.main';
const ON_ITS_WAY = ['queued', 'sending', 'accepted'];

describe('Statuses', () => {
  let host: StoryHost;
  let clients = 0;
  before(async () => {
    host = await StoryHost.start({ desk: TEMPLATE });
  });
  after(() => host.stop());

  /** Somebody who has written, with a stub of their own. */
  async function newClient() {
    const number = `2782555${String(++clients).padStart(4, '0')}`;
    const stubref = await host.newStub('desk', `+${number}`, `Client ${clients}`);
    await host.clientSays(number, { text: 'Hello' });
    await until('the window', async () => (await host.conversation(number).catch(() => undefined))?.window.open);
    return { number, stubref };
  }

  /** Runs an action; what the stubpost shows of its delivery, and the whole truth. */
  async function sent(stubref: string, action: string, data: object = {}) {
    const { stubpostuuid } = await host.run(stubref, action, { message: 'Good day', data });
    const shown = async () => (await host.post(stubpostuuid)).notifications.to_client.deliveries[0];
    const { id } = await shown();
    const whole = () => host.ask('GET', `/api/deliveries/${id}`);
    const untilIs = (status: string) =>
      until(`the delivery to be ${status}`, async () => {
        const found = await whole();
        return found.status === status && found;
      });
    return { id, shown, whole, untilIs };
  }
  const steps = ({ history }: { history: { status: string }[] }) => history.map(({ status }) => status);
  const openChat = (number: string) => host.ask('POST', `/emulator/clients/${number}/read`);

  it('are shown on the stubpost up to sent, and all of them where the notification asks; the truth is kept', async () => {
    const { number, stubref } = await newClient();
    const plain = await sent(stubref, 'tell');
    const all = await sent(stubref, 'tell_and_show');
    await all.untilIs('delivered');
    await openChat(number);
    for (const each of [plain, all]) await each.untilIs('read');
    const [short, long] = [await plain.shown(), await all.shown()];
    assert.deepEqual([short.status, ...steps(short)], ['sent', ...ON_ITS_WAY, 'sent']);
    assert.deepEqual([long.status, ...steps(long)], ['read', ...ON_ITS_WAY, 'sent', 'delivered', 'read']);
    assert.deepEqual(steps(await plain.whole()), steps(long));
  });

  it('of a voice note end with played, and each change is an event', async () => {
    const { number, stubref } = await newClient();
    const watch = host.watch(`${STATUS}.*`);
    await watch.open;
    const recording = await host.upload(new Uint8Array(randomBytes(500)), 'note.ogg', 'audio/ogg');
    const note = await sent(stubref, 'speak', { recording });
    await note.untilIs('delivered');
    const { id } = (await host.chat(number)).at(-1)!;
    await host.ask('POST', `/emulator/clients/${number}/played`, { message_id: id });
    await note.untilIs('played');
    assert.equal((await host.chat(number)).at(-1)!.status, 'played');
    assert.equal((await note.shown()).status, 'played');
    const paths = ['sent', 'delivered', 'read', 'played'].map((status) => `${STATUS}.${status}.${stubref}`);
    await until('the events', () => watch.events.length >= paths.length);
    assert.deepEqual(
      watch.events.map(({ path }) => path),
      paths,
    );
    watch.close();
  });

  it('that come before the answer to our own call are kept, and none goes back', async () => {
    const { number, stubref } = await newClient();
    await host.fault({ kind: 'latency', ms: 3_000, client: number, times: 1 });
    const early = await sent(stubref, 'tell_and_show');
    const before = await early.untilIs('delivered');
    assert.ok(!steps(before).includes('accepted'), 'Meta has not answered yet');
    const after = await until('the answer', async () => {
      const found = await early.whole();
      return steps(found).includes('accepted') && found;
    });
    assert.equal(after.status, 'delivered');
    assert.deepEqual(await host.arrived(number), ['Good day']);
  });

  it('told twice, and in the wrong order, count once', async () => {
    const { number, stubref } = await newClient();
    const watch = host.watch(`${STATUS}.*`);
    await watch.open;
    await host.fault({ kind: 'duplicate_webhooks', client: number, times: 1 });
    const twice = await sent(stubref, 'tell_and_show');
    await twice.untilIs('delivered');
    await host.fault({ kind: 'reverse_webhooks', client: number, times: 1 });
    const reversed = await sent(stubref, 'tell_and_show');
    await until('all statuses', async () => steps(await reversed.whole()).length === 5);
    await openChat(number);
    for (const each of [twice, reversed]) {
      const end = await each.untilIs('read');
      assert.deepEqual(steps(end).sort(), [...ON_ITS_WAY, 'sent', 'delivered', 'read'].sort());
      assert.equal((await each.shown()).status, 'read');
    }
    await until('the events', () => watch.events.length === 6);
    watch.close();
  });

  it('a failure after delivery is kept with its reason, and a failed message is no success', async () => {
    const { number, stubref } = await newClient();
    await host.fault({ kind: 'fail_after_delivered', code: 131049, client: number, times: 1 });
    const late = await sent(stubref, 'tell_and_show');
    const { history, problem } = await late.untilIs('failed');
    assert.deepEqual(steps({ history }), [...ON_ITS_WAY, 'sent', 'delivered', 'failed']);
    assert.deepEqual([problem.code, problem.provider_code], ['provider_failed', 131049]);
    assert.match(problem.message, /after 24 hours at the earliest/);
    const [post] = (await host.posts(stubref)).slice(-1);
    assert.equal(post.notifications.to_client.success, false);
  });

  it('a message that failed on its way shows so on every stubpost', async () => {
    const { number, stubref } = await newClient();
    await host.fault({ kind: 'fail_status', code: 131026, client: number, times: 1 });
    const lost = await sent(stubref, 'tell');
    await lost.untilIs('failed');
    const shown = await lost.shown();
    assert.deepEqual([shown.status, shown.history.at(-1).error.provider_code], ['failed', 131026]);
  });

  it('of messages that were not sent from here are counted, and change nothing', async () => {
    const { number, stubref } = await newClient();
    const mine = await sent(stubref, 'tell_and_show');
    await mine.untilIs('delivered');
    const about = { recipient_id: number, timestamp: '1790000000' };
    const statuses = [
      { ...about, id: 'wamid.from-elsewhere', status: 'failed', errors: [{ code: 131000 }] },
      { ...about, id: 'wamid.from-elsewhere', status: 'read', biz_opaque_callback_data: 'no-delivery-of-ours' },
      { ...about, id: 'wamid.from-elsewhere', status: 'warning' },
    ];
    assert.equal(await host.webhook({ statuses }), 200);
    await until('the count', async () =>
      /stubwire_unhandled_webhooks_total\{reason="status of a message that was not sent from here"\} 3/.test(
        await (await fetch(`${host.url}/metrics`)).text(),
      ),
    );
    assert.equal((await mine.whole()).status, 'delivered');
  });
});
