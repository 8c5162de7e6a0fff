import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const sample = (name: string) => readFileSync(`config/templates/${name}.yaml`, 'utf8');
const THANDI = '27825550101';
const INCOMING = 'stubber.systems.notifications.whatsapp.incoming.main';

describe('First light', () => {
  let host: StoryHost;
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: sample('parcel'), support: sample('support') });
  });
  afterEach(() => host.stop());

  const tell = (stubref: string, eta: string) => host.run(stubref, 'tell_customer', { data: { eta } });
  const onlyDelivery = async (stubpostuuid: string, notification = 'to_customer') =>
    (await host.post(stubpostuuid)).notifications[notification].deliveries[0];
  const untilStatus = (stubpostuuid: string, status: string, notification?: string) =>
    until(`the delivery to be ${status}`, async () => {
      const delivery = await onlyDelivery(stubpostuuid, notification);
      return delivery.status === status && delivery;
    });

  /** A stub whose client has agreed: one message told and arrived. */
  async function agreedStub(client = THANDI): Promise<string> {
    const stubref = await host.newStub('parcel', `+${client}`);
    await tell(stubref, 'at noon');
    await host.untilArrived(client, 1);
    await host.clientSays(client, { tap: 'Allow' });
    await host.untilArrived(client, 2);
    return stubref;
  }

  it('stashes three messages behind one request, and sends them in order when the client taps Allow', async () => {
    const contact = await host.ask('POST', '/api/contacts', { name: 'Thandi', mobile: '082 555 0101' }, 201);
    assert.equal(contact.basic.contactpoints[0].contact, THANDI);
    const stub = await host.ask(
      'POST',
      '/api/stubs',
      { template: 'parcel', subject: 'Parcel 4711', contact_lists: { _created_by: [contact.contactuuid] } },
      201,
    );
    const posts = [
      await tell(stub.stubref, 'at 9'),
      await tell(stub.stubref, 'at 10'),
      await tell(stub.stubref, 'at 11'),
    ];
    for (const post of posts) await untilStatus(post.stubpostuuid, 'stashed');
    assert.equal((await host.post(posts[0].stubpostuuid)).notifications.to_customer.success, true);
    await host.untilArrived(THANDI, 1);
    assert.match((await host.arrived(THANDI))[0]!, /Demo Parcels/);
    const before = await host.conversation(THANDI);
    assert.deepEqual([before.window.open, before.consent.pending, before.stash.length], [false, true, 3]);

    await host.clientSays(THANDI, { tap: 'Allow' });
    const arrived = await host.untilArrived(THANDI, 4);
    assert.deepEqual(
      arrived.slice(1).map((text) => text.match(/at \d+/)?.[0]),
      ['at 9', 'at 10', 'at 11'],
    );
    for (const post of posts) {
      const delivery = await untilStatus(post.stubpostuuid, 'sent');
      assert.deepEqual(
        delivery.history.map(({ status }: { status: string }) => status).filter((status: string) => status !== 'sent'),
        ['queued', 'stashed', 'sending', 'accepted'],
      );
    }
    assert.equal((await host.posts(stub.stubref)).length, 4, 'a tap on the request is never posted to a stub');
    assert.equal((await host.conversation(THANDI)).stash.length, 0);
  });

  it('posts what the client writes to the stub, runs the template’s own action on it, and emits the event', async () => {
    const watch = host.watch(`${INCOMING}.*`);
    await watch.open;
    const stubref = await agreedStub();
    await host.clientSays(THANDI, { text: 'Thank you {{stub.data.depot}} ~~org' });
    const posts = await host.untilPosts(stubref, 3);
    const post = posts.at(-1);
    assert.equal(post.action_name, '_update_from_whatsapp');
    assert.equal(post.message, 'Thank you {{stub.data.depot}} ~~org');
    const [contact] = (await host.ask('GET', `/api/contacts?mobile=${THANDI}`)).items;
    assert.deepEqual(post.posted_by, { on_behalf_of: contact.contactuuid });
    const incoming = post.data._incoming_whatsapp_data;
    assert.deepEqual(Object.keys(incoming).sort(), [
      'from',
      'from_name',
      'from_user_id',
      'message',
      'to',
      'whatsapp_body',
      'whatsapp_profile_name',
    ]);
    assert.equal(incoming.from, THANDI);
    assert.equal(incoming.to, '15550000001');
    assert.equal(incoming.whatsapp_body.text.body, post.message);
    assert.equal(incoming.whatsapp_body.orguuid, 'demo');
    assert.match(incoming.whatsapp_body.received_date_time, /^\d{4}-.*Z$/);
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.equal(
      stub.data.last_answer,
      post.message,
      'the template’s own steps ran, on data that is never substituted again',
    );
    assert.equal(stub.metrics.counters.answers, 1);
    const event = await until('the event', () =>
      watch.events.find(({ path }) => path === `${INCOMING}.stubsession.${stubref}`),
    );
    assert.equal(event.data.message, post.message);
    watch.close();
  });

  it('gives one message to the stub that asked for the next reply, then to the session again', async () => {
    const first = await agreedStub();
    const second = await host.newStub('parcel', `+${THANDI}`);
    await host.run(second, 'ask_proof');
    await host.untilArrived(THANDI, 3);
    await host.clientSays(THANDI, { text: 'a green gate' });
    await host.clientSays(THANDI, { text: 'and thanks' });
    assert.equal((await host.untilPosts(second, 3)).at(-1).message, 'a green gate');
    assert.equal((await host.untilPosts(first, 3)).at(-1).message, 'and thanks');
    const { routing } = await host.conversation(THANDI);
    assert.deepEqual(
      routing.slice(0, 2).map(({ rule, to }: { rule: string; to: string }) => [rule, to]),
      [
        ['stubsession', first],
        ['nextreply', second],
      ],
    );
  });

  it('ends a session by its queue job, and the client’s next message is unsolicited', async () => {
    const stubref = await agreedStub();
    assert.equal((await host.conversation(THANDI)).stubsession.stubref, stubref);
    await host.wait(25);
    await until('the session to end', async () => (await host.conversation(THANDI)).stubsession === null);
    await host.clientSays(THANDI, { text: 'Hello again' });
    const made = await until(
      'a support case',
      async () => (await host.ask('GET', '/api/stubs?template=support')).items[0],
    );
    await host.untilPosts(made.stubref, 2);
    assert.equal((await host.posts(stubref)).length, 2);
  });

  it('opens a stub for an unknown client, and a second message a moment later reaches the same one', async () => {
    await Promise.all([
      host.clientSays('27835550199', { text: 'Hi', name: 'Sipho' }),
      host.clientSays('27835550199', { text: 'are you there?' }),
    ]);
    const made = await until(
      'a support case',
      async () => (await host.ask('GET', '/api/stubs?template=support')).items[0],
    );
    const posts = await host.untilPosts(made.stubref, 3);
    assert.deepEqual(
      posts.map(({ action_name }) => action_name),
      ['_create', '_update_from_whatsapp', '_update_from_whatsapp'],
    );
    assert.equal((await host.ask('GET', '/api/stubs?template=support')).items.length, 1);
    assert.equal(made.subject, 'WhatsApp from Sipho');
    await host.run(made.stubref, 'answer', { data: { text: 'Yes, we are.' } });
    assert.deepEqual(await host.untilArrived('27835550199', 1), ['Yes, we are.']);
  });

  it('drops the stash when the client taps Reject, and asks again once they write', async () => {
    const stubref = await host.newStub('parcel', `+${THANDI}`);
    const post = await tell(stubref, 'at 9');
    await host.untilArrived(THANDI, 1);
    await host.clientSays(THANDI, { tap: 'Reject' });
    const dropped = await untilStatus(post.stubpostuuid, 'failed');
    assert.equal(dropped.history.at(-1).error.code, 'interaction_rejected');
    const refused = await tell(stubref, 'at 10');
    assert.equal((await untilStatus(refused.stubpostuuid, 'failed')).history.at(-1).error.code, 'interaction_rejected');
    assert.equal((await host.arrived(THANDI)).length, 1, 'nothing but the request went out');
    await host.clientSays(THANDI, { text: 'Sorry, do write' });
    await until(
      'the message to be handled',
      async () => (await host.ask('GET', '/api/stubs?template=support')).items[0],
    );
    await tell(stubref, 'at 11');
    assert.match((await host.untilArrived(THANDI, 2))[1]!, /at 11/);
  });

  it('sends a WhatsApp template at once, with no request', async () => {
    const stubref = await host.newStub('parcel', `+${THANDI}`);
    const post = await host.run(stubref, 'send_update_template', { message: 'It is on its way' });
    const [text] = await host.untilArrived(THANDI, 1);
    assert.match(text!, /Parcel 4711[\s\S]*It is on its way/);
    await untilStatus(post.stubpostuuid, 'sent', 'update');
    assert.equal((await host.ask('GET', '/emulator/requests')).items?.length ?? 1, 1);
  });

  it('sends through the profile that is named, and shows every status where the notification asks for it', async () => {
    const stubref = await agreedStub();
    const post = await host.run(stubref, 'tell_from_main', { message: 'out for delivery' });
    const delivery = await untilStatus(post.stubpostuuid, 'delivered');
    assert.equal(delivery.profile, 'main');
    const told = (await host.posts(stubref))[1];
    await until(
      'the first message to be delivered',
      async () =>
        (await host.chat(THANDI)).filter(({ status }) => status === 'delivered' || status === 'read').length >= 2,
    );
    assert.equal((await onlyDelivery(told.stubpostuuid)).status, 'sent', 'only sent and failed by default');
  });
});

describe('A message that nobody waits for', () => {
  let host: StoryHost;
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: sample('parcel') });
  });
  afterEach(() => host.stop());

  it('is emitted as unsolicited and stands in the unrouted inbox until it is routed by hand', async () => {
    const watch = host.watch(`${INCOMING}.from.#`);
    await watch.open;
    await host.clientSays(THANDI, { text: 'Where is my parcel?', name: 'Thandi' });
    const [item] = await until('the inbox', async () => {
      const { items } = await host.ask('GET', '/api/unrouted');
      return items.length > 0 && items;
    });
    assert.equal(item.data.message, 'Where is my parcel?');
    await until('the event', () => watch.events.some(({ path }) => path === `${INCOMING}.from.${THANDI}`));
    watch.close();
    const { stubref } = await host.ask('POST', `/api/unrouted/${encodeURIComponent(item.id)}/route`, {
      template: 'parcel',
    });
    const posts = await host.untilPosts(stubref, 2);
    assert.equal(posts[1].message, 'Where is my parcel?');
    assert.equal((await host.ask('GET', '/api/unrouted')).items.length, 0);
  });

  it('is kept when it is a command that no registration takes', async () => {
    await host.clientSays(THANDI, { text: '/run 2026' });
    const [item] = await until('the inbox', async () => {
      const { items } = await host.ask('GET', '/api/unrouted');
      return items.length > 0 && items;
    });
    assert.equal(item.path, `${INCOMING}.command.run.target.2026.from.${THANDI}`);
    await host.ask('POST', `/api/unrouted/${encodeURIComponent(item.id)}/dismiss`, undefined, 204);
  });
});

describe('What was not written by the client', () => {
  let host: StoryHost;
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: sample('parcel'), support: sample('support') });
  });
  afterEach(() => host.stop());

  it('is neither consent nor a message: a note of Meta’s leaves the stash where it is and opens no case', async () => {
    const stubref = await host.newStub('parcel', `+${THANDI}`);
    await host.run(stubref, 'tell_customer', { data: { eta: 'at 9' } });
    await host.untilArrived(THANDI, 1);
    const message = {
      id: 'wamid.system1',
      from: THANDI,
      timestamp: '1700000000',
      type: 'system',
      system: { body: 'changed', type: 'user_changed_number' },
    };
    await host.webhook({ messages: [message] });
    const conversation = await until('the note to be handled', async () => {
      const found = await host.conversation(THANDI);
      return found.routing.length > 0 && found;
    });
    assert.equal(conversation.routing[0].rule, 'recorded');
    assert.deepEqual(
      [conversation.consent.pending, conversation.stash.length, conversation.window.open],
      [true, 1, false],
    );
    assert.equal((await host.ask('GET', '/api/stubs?template=support')).items.length, 0);
    await host.clientSays(THANDI, { tap: 'Allow' });
    await host.untilArrived(THANDI, 2);
  });
});
