import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { MetaWebhooks } from '../support/meta-webhooks.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const template = (name: string) => readFileSync(`config/templates/${name}.yaml`, 'utf8');
const NUMBER = '27825550101';
const OTHER_NUMBER = '27835550202';
const THANDI = 'ZA.1349120865530274';
const SIPHO = 'ZA.7777120865530000';

describe('A client has a number and a user id', function () {
  this.timeout(30_000);
  let host: StoryHost;
  let meta: MetaWebhooks;
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: template('parcel'), support: template('support') });
    meta = new MetaWebhooks(host);
  });
  afterEach(() => host.stop());

  const cases = async (count: number) =>
    until(`${count} support cases`, async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=support');
      return items.length === count && items;
    });
  const texts = async (stubref: string, count: number) =>
    (await host.untilPosts(stubref, count)).map(({ message }) => message).slice(1);

  it('hidden at first: when the number shows, the case that was opened goes on', async () => {
    await meta.text({ from_user_id: THANDI }, 'Hello');
    const [made] = await cases(1);
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'it is me');
    await until('the link', async () => (await host.conversation(THANDI)).client === NUMBER);
    await meta.text({ from_user_id: THANDI }, 'hidden again');
    assert.deepEqual(await texts(made.stubref, 4), ['Hello', 'it is me', 'hidden again']);
    await cases(1);
    const byId = await host.conversation(THANDI);
    const byNumber = await host.conversation(NUMBER);
    assert.deepEqual(byId, byNumber);
    assert.deepEqual([byId.client, byId.number, byId.user_id, byId.aliases], [NUMBER, NUMBER, THANDI, [THANDI]]);
    assert.equal(byId.routing.length, 3, 'the traces came along');
    const { items } = await host.ask('GET', '/api/conversations');
    assert.deepEqual(
      items.map(({ client }: { client: string }) => client),
      [NUMBER],
    );
  });

  it('messages that waited under the user id are released by the first message that shows both', async () => {
    const { user_id } = await host.ask('POST', '/emulator/clients', { number: NUMBER, name: 'Thandi' }, 201);
    const points = [{ type: 'whatsapp_user', contact: user_id }];
    const contact = await host.ask('POST', '/api/contacts', { name: 'Thandi', contactpoints: points }, 201);
    const contact_lists = { _created_by: [contact.contactuuid] };
    const body = { template: 'parcel', subject: 'Parcel 4711', contact_lists };
    const { stubref } = await host.ask('POST', '/api/stubs', body, 201);
    await host.run(stubref, 'tell_customer', { data: { eta: 'at 9' } });
    await host.untilArrived(NUMBER, 1);
    assert.equal((await host.conversation(user_id)).stash.length, 1);
    await host.clientSays(NUMBER, { text: 'yes?' });
    assert.match((await host.untilArrived(NUMBER, 2))[1]!, /at 9/);
    const after = await host.conversation(user_id);
    assert.deepEqual([after.client, after.stash.length, after.consent.pending], [NUMBER, 0, false]);
    const post = (await host.posts(stubref)).find(({ action_name }) => action_name === 'tell_customer');
    assert.equal(post.notifications.to_customer.deliveries[0].to, user_id, 'sent to the address that was asked for');
  });

  it('a number that somebody else writes from is theirs: the case of the one before goes on under their user id', async () => {
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'mine');
    const [first] = await cases(1);
    await meta.text({ from: NUMBER, from_user_id: SIPHO }, 'a new owner');
    const all = await cases(2);
    const second = all.find(({ stubref }: { stubref: string }) => stubref !== first.stubref);
    await meta.text({ from: OTHER_NUMBER, from_user_id: THANDI }, 'from my new number');
    assert.deepEqual(await texts(first.stubref, 3), ['mine', 'from my new number']);
    assert.deepEqual(await texts(second.stubref, 2), ['a new owner']);
    assert.equal((await host.conversation(THANDI)).client, OTHER_NUMBER);
    assert.equal((await host.conversation(SIPHO)).client, NUMBER);
  });

  it('a new user id that Meta announces is the same person, also after its first message', async () => {
    const contact = await host.ask('POST', '/api/contacts', { name: 'T', contactpoints: [{ type: 'whatsapp_user', contact: THANDI }] }, 201);
    await meta.text({ from_user_id: THANDI }, 'old id');
    const [made] = await cases(1);
    await meta.text({ from: NUMBER, from_user_id: 'ZA.2222' }, 'new id');
    await cases(2);
    await meta.change('user_id_update', {
      user_id_update: [{ wa_id: NUMBER, user_id: { previous: THANDI, current: 'ZA.2222' }, timestamp: 1_700_000_100 }],
    });
    await until('one conversation', async () => (await host.conversation(THANDI)).client === NUMBER);
    assert.deepEqual((await host.ask('GET', `/api/contacts/${contact.contactuuid}`)).basic.contactpoints, [
      { type: 'whatsapp_user', contact: 'ZA.2222' },
    ]);
    assert.ok(made);
  });

  it('a changed number takes its session and its contact along, and the stub hears of it', async () => {
    const contact = await host.ask('POST', '/api/contacts', { name: 'T', mobile: `+${NUMBER}` }, 201);
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'Hello');
    const [made] = await cases(1);
    await meta.message(
      { from: NUMBER, from_user_id: THANDI },
      { type: 'system', system: { type: 'user_changed_number', body: 'Thandi changed', wa_id: OTHER_NUMBER } },
    );
    await until('the conversation to move', async () => {
      const { items } = await host.ask('GET', '/api/conversations');
      return items.some(({ client }: { client: string }) => client === OTHER_NUMBER) && items.length === 1;
    });
    await meta.text({ from: OTHER_NUMBER, from_user_id: THANDI }, 'still me');
    assert.deepEqual(await texts(made.stubref, 4), ['Hello', 'Thandi changed', 'still me']);
    const after = await host.ask('GET', `/api/contacts/${contact.contactuuid}`);
    assert.deepEqual(after.basic.contactpoints, [{ type: 'mobile', contact: OTHER_NUMBER }]);
    assert.equal((await host.posts(made.stubref)).at(-1).posted_by.on_behalf_of, contact.contactuuid);
  });

  it('an operator reaches the conversation under any of its addresses', async () => {
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'Hello');
    await cases(1);
    await until('the link', async () => (await host.conversation(THANDI)).client === NUMBER);
    await host.ask('DELETE', `/api/conversations/main/${THANDI}/stubsession`, undefined, 202);
    await until('the session to end', async () => (await host.conversation(NUMBER)).stubsession === null);
  });
});
