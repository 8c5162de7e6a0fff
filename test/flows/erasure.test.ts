import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { privateRedis } from '../support/private-redis.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CASE = `
template: desk
initial_state: open
states: { open: { actions: [tell] } }
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
  _update_from_whatsapp:
    tasks:
      keep: { tasktype: savedata, params: { data: { last: "~~stubpost.message", from: "~~stubpost.data._incoming_whatsapp_data.from" } } }
`;

const NUMBER = '27825550171';
const NAME = 'Nomathemba Qwabe';
const SECRET = 'My door code is 4471-Zebra';

/** Every key and value of this program, as text, but for what is the emulated phone's own. */
async function everything(redis: Redis, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `{${prefix}:p0}:*`, 'COUNT', 1_000);
    cursor = next;
    for (const key of keys) {
      const [, type] = [key, await redis.type(key)];
      const value =
        type === 'string'
          ? await redis.get(key)
          : type === 'hash'
            ? await redis.hgetall(key)
            : type === 'list'
              ? await redis.lrange(key, 0, -1)
              : type === 'set'
                ? await redis.smembers(key)
                : type === 'zset'
                  ? await redis.zrange(key, '0', '-1')
                  : await redis.xrange(key, '-', '+');
      found.push(`${key} ${JSON.stringify(value)}`);
    }
  } while (cursor !== '0');
  return found;
}

/** Marks of letters had and of client's messages hold ids made of numbers; they end by themselves after 8 and 90 days. */
const ENDS_BY_ITSELF = /^\{\w+:p0\}:(?:seen:|plugin:meta_whatsapp:client-message:|idempotency:)/;
const IS_THE_PHONE = /:plugin:whatsapp_emulator:/;

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

  it('leaves the shape of the log, and nothing of who they were or what they said', async () => {
    await host.clientSays(NUMBER, { text: SECRET, name: NAME });
    const { items } = await until('their case', async () => {
      const stubs = await host.ask('GET', '/api/stubs?template=desk');
      return stubs.items[0]?.data.last === SECRET && stubs;
    });
    const { stubref } = items[0];
    await host.run(stubref, 'tell', { message: `Dear ${NAME}, we will ring` });
    await host.untilArrived(NUMBER, 1);
    const [contact] = (await host.ask('GET', `/api/contacts?mobile=${NUMBER}`)).items;
    const prefix = await prefixOf(redis, stubref);

    const answer = await host.ask('DELETE', `/api/contacts/${contact.contactuuid}`, undefined, 202);
    assert.deepEqual([answer.contactuuid, answer.done], [contact.contactuuid, false]);
    await until('the erasure to end', async () => {
      const gone = await host.ask('GET', `/api/contacts/${contact.contactuuid}`, undefined, 410);
      assert.equal(gone.error.code, 'contact_erased');
      return gone.error.details.done;
    });

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
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual(stub.contact_lists, { _created_by: { contactuuids: [] } });
    assert.deepEqual(
      [stub.subject, stub.data.last, stub.data.from],
      ['WhatsApp from [erased]', '[erased]', '[erased]'],
    );

    const words = new RegExp(`${NUMBER}|Qwabe|Zebra`);
    const left = (await everything(redis, prefix)).filter((line) => words.test(line));
    assert.deepEqual(
      left.filter((line) => !ENDS_BY_ITSELF.test(line) && !IS_THE_PHONE.test(line)),
      [],
    );
  });

  it('is a stranger when they write again, and their no is still a no', async () => {
    const number = '27825550172';
    await host.clientSays(number, { text: 'STOP', name: 'Sipho Dube' });
    const [contact] = await until('the contact', async () => {
      const { items } = await host.ask('GET', `/api/contacts?mobile=${number}`);
      return items.length > 0 && items;
    });
    await host.ask('DELETE', `/api/contacts/${contact.contactuuid}?files=true`, undefined, 202);
    await until('the erasure to end', async () => {
      const gone = await host.ask('GET', `/api/contacts/${contact.contactuuid}`, undefined, 410);
      return gone.error.details.done;
    });
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

describe('Two contacts prove to be one person', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: CASE });
  });
  after(() => host.stop());

  it('become one with all addresses; the other id goes on to mean it, in lists and logs', async () => {
    const first = await host.ask('POST', '/api/contacts', { name: 'Thandi', mobile: '0825550173' }, 201);
    const other = await host.ask(
      'POST',
      '/api/contacts',
      { name: 'T.', contactpoints: [{ type: 'whatsapp_user', contact: 'ZA.171717' }] },
      201,
    );
    const lists = { _created_by: [other.contactuuid], both: [first.contactuuid, other.contactuuid] };
    const { stubref } = await host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: lists }, 201);

    const merged = await host.ask('POST', `/api/contacts/${first.contactuuid}/merge`, {
      contactuuid: other.contactuuid,
    });
    assert.equal(merged.name, 'Thandi');
    assert.deepEqual(merged.merged_from, [other.contactuuid]);
    assert.deepEqual(
      merged.basic.contactpoints.map(({ contact }: { contact: string }) => contact),
      ['27825550173', 'ZA.171717'],
    );
    assert.deepEqual(await host.ask('GET', `/api/contacts/${other.contactuuid}`), merged);
    assert.deepEqual((await host.ask('GET', '/api/contacts?whatsapp_user=ZA.171717')).items, [merged]);
    assert.equal((await host.ask('GET', '/api/contacts')).items.length, 1);
    const stub = await until('the lists to follow', async () => {
      const found = await host.ask('GET', `/api/stubs/${stubref}`);
      return found.contact_lists.both.contactuuids.length === 1 && found;
    });
    assert.deepEqual(stub.contact_lists._created_by.contactuuids, [first.contactuuid]);
    assert.deepEqual(
      (await host.ask('GET', `/api/stubs?contact=${first.contactuuid}`)).items.map(
        (item: { stubref: string }) => item.stubref,
      ),
      [stubref],
    );
    const again = await host.ask('POST', `/api/contacts/${first.contactuuid}/merge`, {
      contactuuid: other.contactuuid,
    });
    assert.deepEqual(again, merged);
    await host.ask('POST', `/api/contacts/${first.contactuuid}/merge`, { contactuuid: first.contactuuid }, 422);
  });

  it('crossing merges make one, whoever comes first', async () => {
    const [a, b] = await Promise.all(
      ['0825550174', '0825550175'].map((mobile) => host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201)),
    );
    const [one, two] = await Promise.all([
      host.ask('POST', `/api/contacts/${a.contactuuid}/merge`, { contactuuid: b.contactuuid }),
      host.ask('POST', `/api/contacts/${b.contactuuid}/merge`, { contactuuid: a.contactuuid }),
    ]);
    assert.equal(one.contactuuid, two.contactuuid);
    assert.equal(one.basic.contactpoints.length, 2);
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
