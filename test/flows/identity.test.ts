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

describe('A client has a number and a user id', () => {
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

  it('what waited for the owner before is not sent to the new owner of the number', async () => {
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'long ago');
    await cases(1);
    const stubref = await host.newStub('parcel', `+${NUMBER}`);
    const { stubpostuuid } = await host.run(stubref, 'tell_customer', { data: { eta: 'at 9' } });
    await host.untilArrived(NUMBER, 1);
    await meta.text({ from: NUMBER, from_user_id: SIPHO }, 'hello, my new number');
    const delivery = await until('the delivery to fail', async () => {
      const [found] = (await host.post(stubpostuuid)).notifications.to_customer.deliveries;
      return found.status === 'failed' && found;
    });
    assert.equal(delivery.history.at(-1).error.code, 'client_changed');
    await cases(2);
    assert.equal((await host.arrived(NUMBER)).length, 1, 'the request only');
  });

  it('a new user id that Meta announces is the same person, also after its first message', async () => {
    const contact = await host.ask(
      'POST',
      '/api/contacts',
      { name: 'T', contactpoints: [{ type: 'whatsapp_user', contact: THANDI }] },
      201,
    );
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
    await meta.text({ from: NUMBER, from_user_id: 'ZA.2222' }, 'one case again');
    await until('the message in a case', async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=support');
      const logs = await Promise.all(items.map(({ stubref }: { stubref: string }) => host.posts(stubref)));
      return logs.flat().some(({ message }) => message === 'one case again');
    });
    assert.equal((await host.ask('GET', '/api/stubs?template=support')).items.length, 2);
    assert.deepEqual(await texts(made.stubref, 2), ['old id']);
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

  it('a late note about the owner before moves nothing of the new owner of the number', async () => {
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'mine');
    const [first] = await cases(1);
    await meta.text({ from: NUMBER, from_user_id: SIPHO }, 'a new owner');
    await cases(2);
    await meta.message(
      { from: NUMBER, from_user_id: THANDI },
      { type: 'system', system: { type: 'user_changed_number', body: 'Thandi changed', wa_id: OTHER_NUMBER } },
    );
    assert.deepEqual(await texts(first.stubref, 3), ['mine', 'Thandi changed']);
    await until('the number of now', async () => (await host.conversation(THANDI)).client === OTHER_NUMBER);
    assert.equal((await host.conversation(SIPHO)).client, NUMBER);
    assert.equal((await host.conversation(NUMBER)).routing.length, 1, 'the new owner’s own message only');
  });

  it('three people who rotate their numbers while they write: each message lands once, in the case of who wrote it', async () => {
    const people = [THANDI, SIPHO, 'ZA.5555'];
    const numbers = [NUMBER, OTHER_NUMBER, '27845550303'];
    const said: string[] = [];
    for (let round = 0; round < 6; round++) {
      const sent = people.map((from_user_id, at) => {
        const body = `${from_user_id} ${round}`;
        said.push(body);
        const hidden = (round + at) % 3 === 0;
        return meta.text({ from_user_id, ...(!hidden && { from: numbers[(at + round) % 3]! }) }, body);
      });
      await Promise.all(sent);
    }
    const found = await until('every message', async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=support');
      const logs = await Promise.all(items.map(({ stubref }: { stubref: string }) => host.posts(stubref)));
      const words = logs.map((log) => log.map(({ message }: { message: string }) => message).filter(Boolean));
      return words.flat().length >= said.length && words;
    });
    assert.deepEqual(found.flat().sort(), said.sort(), 'each once');
    for (const words of found) assert.equal(new Set(words.map((text: string) => text.split(' ')[0])).size, 1);
    assert.equal((await host.ask('GET', '/api/dead-letters')).items.length, 0);
  });

  for (const announce of [['system'], ['user_id_update'], ['system', 'user_id_update'], ['user_id_update', 'system']]) {
    for (const after_next_message of [false, true]) {
      const when = after_next_message ? 'after the first message from it' : 'at once';
      it(`a new user id told by ${announce.join(' and ')} ${when} ends as one conversation`, async () => {
        await host.clientSays(NUMBER, { text: 'one' });
        const [made] = await cases(1);
        await host.untilPosts(made.stubref, 2);
        const { user_id: before } = await host.conversation(NUMBER);
        const path = `/emulator/clients/${NUMBER}/rotate-user-id`;
        const { user_id } = await host.ask('POST', path, { announce, after_next_message });
        assert.notEqual(user_id, before);
        await host.clientSays(NUMBER, { text: 'two' });
        await until('one conversation', async () => {
          const { items } = await host.ask('GET', '/api/conversations');
          const [only] = items;
          return items.length === 1 && only.user_id === user_id && only.aliases.includes(before);
        });
        await host.clientSays(NUMBER, { text: 'three' });
        const words = await until('every message', async () => {
          const { items } = await host.ask('GET', '/api/stubs?template=support');
          const logs = await Promise.all(items.map(({ stubref }: { stubref: string }) => host.posts(stubref)));
          const said = logs.flat().map(({ message }: { message: string }) => message);
          return said.includes('three') && said;
        });
        assert.equal(words.filter((word: string) => ['one', 'two', 'three'].includes(word)).length, 3);
        assert.equal((await host.ask('GET', '/api/dead-letters')).items.length, 0);
      });
    }
  }

  it('a changed number on the wire, with the new user id that Meta gives, ends as one conversation', async () => {
    await host.clientSays(NUMBER, { text: 'one' });
    const [made] = await cases(1);
    await host.untilPosts(made.stubref, 2);
    const { user_id } = await host.ask('POST', `/emulator/clients/${NUMBER}/change-number`, { to: `+${OTHER_NUMBER}` });
    await until('the conversation at the new number', async () => {
      const { items } = await host.ask('GET', '/api/conversations');
      return items.length === 1 && [OTHER_NUMBER, user_id].includes(items[0].client) && items[0].user_id === user_id;
    });
    await host.clientSays(OTHER_NUMBER, { text: 'two' });
    const log = await until('the message in the same case', async () => {
      const posts = await host.posts(made.stubref);
      return posts.some(({ message }) => message === 'two') && posts;
    });
    assert.ok(log.length >= 3);
    assert.equal((await host.ask('GET', '/api/stubs?template=support')).items.length, 1);
    assert.equal((await host.conversation(user_id)).client, OTHER_NUMBER);
  });

  it('an operator reaches the conversation under any of its addresses', async () => {
    await meta.text({ from: NUMBER, from_user_id: THANDI }, 'Hello');
    await cases(1);
    await until('the link', async () => (await host.conversation(THANDI)).client === NUMBER);
    await host.ask('DELETE', `/api/conversations/main/${THANDI}/stubsession`, undefined, 202);
    await until('the session to end', async () => (await host.conversation(NUMBER)).stubsession === null);
  });
});
