import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { privateRedis } from '../support/private-redis.js';
import { folderDump, storeDump } from '../support/store-dump.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CASE = `
template: desk
initial_state: open
states: { open: { actions: [tell, ask_in] } }
heimdall:
  out_of_the_blue:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub: { subject: "WhatsApp from {{heimdall.from_name}}", stubsession_hours: 24, run: _update_from_whatsapp }
actions:
  tell:
    notifications:
      news:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: "{{stubpost.message}}" } } } }
  ask_in:
    fields: { amount: { fieldtype: number }, note: {} }
    tasks:
      tomorrow: { tasktype: set_timer, params: { action_name: tell, after_days: 1, message: "{{stubpost.data.note}}" } }
      short: { tasktype: create_lid, params: { data: { note: "~~stubpost.data.note" } } }
    notifications:
      colleague:
        send_to: { colleague: { type: mobile, value: "0825550199" } }
        platforms: { log: { body: "Client {{actioningContact.name}} wrote: {{stubpost.data.note}}" } }
  _update_from_whatsapp:
    tasks:
      keep: { tasktype: savedata, params: { data: { last: "~~stubpost.message", from: "~~stubpost.data._incoming_whatsapp_data.from" } } }
`;

const NUMBER = '27825550171';
const NAME = 'Nomathemba Qwabe';
const SECRET = 'My door code is 4471-Zebra';

describe('A person asks to be forgotten', () => {
  let host: StoryHost;
  let redis: Redis;
  before(async () => {
    host = await StoryHost.start({ desk: CASE });
    redis = privateRedis.connect();
  });
  after(async () => {
    await host.stop();
    redis.disconnect();
  });

  const ended = (contactuuid: string) =>
    until('the erasure to end', async () => {
      const gone = await host.ask('GET', `/api/contacts/${contactuuid}`, undefined, 410);
      assert.equal(gone.error.code, 'contact_erased');
      return gone.error.details.done;
    });

  it('leaves the shape of the log, and nothing of who they were or what they said', async () => {
    await host.clientSays(NUMBER, { text: SECRET, name: NAME });
    const { items } = await until('their case', async () => {
      const stubs = await host.ask('GET', '/api/stubs?template=desk');
      return stubs.items[0]?.data.last === SECRET && stubs;
    });
    const { stubref } = items[0];
    await host.run(stubref, 'tell', { message: `Dear ${NAME}, we will ring` });
    await host.untilArrived(NUMBER, 1);
    const { provider_id } = await until('the provider’s id', async () => {
      const [sent] = (await host.ask('GET', `/api/deliveries?to=${NUMBER}`)).items;
      return sent.provider_id && sent;
    });
    const byProviderId = async () =>
      (await host.ask('GET', `/api/deliveries?provider_id=${encodeURIComponent(provider_id)}`)).items;
    assert.equal((await byProviderId()).length, 1);
    const [contact] = (await host.ask('GET', `/api/contacts?mobile=${NUMBER}`)).items;
    const prefix = await prefixOf(redis, stubref);

    const answer = await host.ask('DELETE', `/api/contacts/${contact.contactuuid}`, undefined, 202);
    assert.deepEqual([answer.contactuuid, answer.done], [contact.contactuuid, false]);
    await ended(contact.contactuuid);

    const posts = await until('the log without them', async () => {
      const found = await host.posts(stubref);
      return found.some(({ erased }) => erased) && found;
    });
    assert.deepEqual(
      posts.map(({ action_name, message, erased = false }) => [action_name, message, erased]),
      [
        ['_create', '', true],
        ['_update_from_whatsapp', '', true],
        ['tell', 'Dear [erased], we will ring', false],
      ],
    );
    const [delivery] = posts[2].notifications.news.deliveries;
    assert.deepEqual([delivery.to, ['sent', 'accepted'].includes(delivery.status)], ['[erased]', true]);
    assert.deepEqual(
      [delivery.provider_id, await byProviderId()],
      [undefined, []],
      'the provider’s id may hold the number',
    );
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual(stub.contact_lists, { _created_by: { contactuuids: [] } });
    assert.deepEqual(
      [stub.subject, stub.data.last, stub.data.from],
      ['WhatsApp from [erased]', '[erased]', '[erased]'],
    );

    const words = new RegExp(`${NUMBER}|Qwabe|Zebra`);
    const left = (await storeDump(redis, prefix)).filter((line) => words.test(line));
    assert.deepEqual(left, []);
  });

  it('is gone from short words, refused runs, timers, links, what others were told, and from files', async () => {
    const [number, name] = ['27825550176', 'Ayanda Khoza'];
    await host.clientSays(number, { text: 'PIN 7731', name });
    const { stubref } = await until('their case', async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=desk');
      return items[0]?.data.last === 'PIN 7731' && items[0];
    });
    const [{ contactuuid }] = (await host.ask('GET', `/api/contacts?mobile=${number}`)).items;
    const by = { posted_by: { on_behalf_of: contactuuid } };
    const file = await host.upload(new TextEncoder().encode('a page about Xolile-9'), 'page.txt', 'text/plain');
    const post = await host.run(stubref, 'ask_in', { ...by, data: { note: 'Xolile-9' }, attachments: [file] });
    const { lid } = post.tasks.short.payload;
    await host.run(stubref, '_update', { data: { quoted: 'They said: My word is Xolile-9', kept: 'by us' } });
    await host.run(stubref, '_update', { ...by, message: 'My word is Xolile-9', data: { given: 'Xolile-9' } });
    const refused = { ...by, data: { amount: 'Xolile-9' } };
    await host.ask('POST', `/api/stubs/${stubref}/actions/ask_in?wait=30000`, refused, 422);
    const prefix = await prefixOf(redis, stubref);
    const register = (path: string, data: object) =>
      host.ask('POST', '/api/heimdall/registrations', {
        registration_name: path,
        events: { one: { path, mechanism: 'evt' } },
        trigger_stubaction: { stubref, action_name: '_update', message: '', data },
      });
    await register(`stubber.systems.notifications.whatsapp.incoming.main.from.${number}`, {});
    const { uuid } = await register('some.other.event', { about: name });

    await host.ask('DELETE', `/api/contacts/${contactuuid}?files=true`, undefined, 202);
    await ended(contactuuid);
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual(stub.data, { last: '[erased]', from: '[erased]', quoted: 'They said: [erased]', kept: 'by us' });
    assert.equal(stub.timers.tell.message, '[erased]');
    const posts = await host.posts(stubref);
    assert.deepEqual(
      posts.map(({ action_name, erased = false }) => [action_name, erased]),
      [
        ['_create', true],
        ['_update_from_whatsapp', true],
        ['ask_in', true],
        ['_update', false],
        ['_update', true],
        ['ask_in', true],
      ],
    );
    assert.deepEqual(posts.at(-1).refused, { code: 'field_invalid', message: '[erased]' });
    assert.equal(posts[2].notifications.colleague.deliveries.length, 1);
    await host.ask('GET', `/api/lids/${lid}`, undefined, 404);
    const registered = (await host.ask('GET', '/api/heimdall/registrations')).items.filter(
      ({ template }: { template?: string }) => template === undefined,
    );
    assert.deepEqual(
      registered.map((one: { uuid: string; trigger_stubaction: { data: object } }) => [
        one.uuid,
        one.trigger_stubaction.data,
      ]),
      [[uuid, { about: '[erased]' }]],
    );
    await host.ask('GET', `/api/files/${file}`, undefined, 404);

    const words = /27825550176|Khoza|7731|Xolile/;
    const left = (await storeDump(redis, prefix)).filter((line) => words.test(line));
    assert.deepEqual(left, []);
    assert.deepEqual(
      folderDump(host.filesDir).filter((text) => words.test(text)),
      [],
    );
  });

  it('while messages to them are under way: none leaves afterwards, and what they wrote just before goes too', async () => {
    const [number, name] = ['27825550177', 'Lindiwe Maseko'];
    const stubref = await host.newStub('desk', number, name);
    // Their window is closed: this one waits for their consent.
    const post = await host.run(stubref, 'tell', { message: 'Dear Lindiwe Maseko, wait' });
    await host.untilDelivery(post.stubpostuuid, 'stashed');
    const [{ contactuuid }] = (await host.ask('GET', `/api/contacts?mobile=${number}`)).items;
    const prefix = await prefixOf(redis, stubref);
    await Promise.all([
      host.clientSays(number, { text: 'Word Umgeni-55 at the last moment', name }),
      host.ask('DELETE', `/api/contacts/${contactuuid}`, undefined, 202),
      host.ask('DELETE', `/api/contacts/${contactuuid}`, undefined, 202),
    ]);
    await until('the erasure to wait for what is under way', async () => {
      const { items } = await host.ask('GET', '/api/deliveries?status=failed');
      return items.some(({ id }: { id: string }) => id === post.notifications.news.deliveries[0].id);
    });
    await host.wait(1);
    await host.wait(1);
    await ended(contactuuid);
    // What they wrote at the same moment is gone, or came after it and is a stranger's.
    const [stranger] = (await host.ask('GET', `/api/contacts?mobile=${number}`)).items;
    const words = stranger ? /Dear Lindiwe/ : /Dear Lindiwe|Maseko|Umgeni/;
    const left = (await storeDump(redis, prefix)).filter((line) => words.test(line));
    assert.deepEqual(left, []);
    assert.notEqual(stranger?.contactuuid, contactuuid);
    assert.equal(
      (await host.arrived(number)).some((text) => text.includes('wait')),
      false,
    );
    assert.deepEqual((await host.ask('GET', `/api/stubs/${stubref}`)).contact_lists._created_by.contactuuids, []);
  });

  it('is a stranger when they write again, and their no is still a no', async () => {
    const number = '27825550172';
    await host.clientSays(number, { text: 'STOP', name: 'Sipho Dube' });
    const [contact] = await until('the contact', async () => {
      const { items } = await host.ask('GET', `/api/contacts?mobile=${number}`);
      return items.length > 0 && items;
    });
    await host.ask('DELETE', `/api/contacts/${contact.contactuuid}?files=true`, undefined, 202);
    await ended(contact.contactuuid);
    const stubref = await host.newStub('desk', number, 'Sipho Dube');
    const post = await host.run(stubref, 'tell', { message: 'Hello again' });
    const delivery = await host.untilDelivery(post.stubpostuuid, 'failed');
    assert.equal(delivery.history.at(-1).error.code, 'client_opted_out');
    const [again] = (await host.ask('GET', `/api/contacts?mobile=${number}`)).items;
    assert.notEqual(again.contactuuid, contact.contactuuid);
    const repeated = await host.ask('DELETE', `/api/contacts/${contact.contactuuid}`, undefined, 202);
    assert.equal(repeated.done, true);
  });
});

/** The key prefix of the program that has this stub. */
async function prefixOf(redis: Redis, stubref: string): Promise<string> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `*:actor:stub:${stubref}`, 'COUNT', 1_000);
    if (keys[0]) return /^\{(\w+):/.exec(keys[0])![1]!;
    cursor = next;
  } while (cursor !== '0');
  throw new Error('the stub has no key');
}
