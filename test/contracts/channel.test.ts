import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pino } from 'pino';
import { RedisClock } from '../../core/actor/redis-clock.js';
import type { Channel, DeliveryRequest } from '../../core/contract/channel.js';
import type { Contact } from '../../core/contract/stub.js';
import { FileStore } from '../../core/file/file-store.js';
import { HostAddress } from '../../core/http/host-address.js';
import { Queues } from '../../core/queue/queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { LogChannel } from '../../plugins/log/index.js';
import { CatalogueStore } from '../../plugins/meta_whatsapp/catalogue/catalogue-store.js';
import { WhatsAppTemplates } from '../../plugins/meta_whatsapp/catalogue/whatsapp-templates.js';
import { ConversationReader } from '../../plugins/meta_whatsapp/conversation-reader.js';
import { GraphClient } from '../../plugins/meta_whatsapp/graph-client.js';
import { MediaUploads } from '../../plugins/meta_whatsapp/media/media-uploads.js';
import { WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { WhatsAppChannel } from '../../plugins/meta_whatsapp/whatsapp-channel.js';
import { privateRedis } from '../support/private-redis.js';

const contact = (...contactpoints: Contact['basic']['contactpoints']): Contact => ({
  v: 1,
  contactuuid: '8a3f6f0e-1111-4000-8000-000000000001',
  name: 'Thandi',
  basic: { contactpoints },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
});
const reachable = contact({ type: 'mobile', contact: '27825550101' });

/** What every channel promises, whatever it sends through. `good` is a request that it can plan. */
function channelContract(name: string, channel: Channel, good: DeliveryRequest): void {
  describe(`The channel ${name}`, () => {
    it('plans a good request, and the same request the same way', async () => {
      const plan = await channel.plan(good);
      assert.ok(plan.ok);
      assert.notEqual(plan.to, '');
      assert.deepEqual(await channel.plan(structuredClone(good)), plan);
      assert.deepEqual(JSON.parse(JSON.stringify(plan.message)), plan.message, 'the message is plain JSON');
    });

    it('takes its own good settings when YAML is checked, and refuses a key that it does not know', () => {
      assert.ok(channel.settings.safeParse(good.settings).success);
      assert.ok(!channel.settings.safeParse({ ...(good.settings as object), no_such_key: 1 }).success);
    });

    it('answers settings it cannot use with a coded problem and never throws (property)', async () => {
      await fc.assert(
        fc.asyncProperty(fc.anything(), async (settings) => {
          const plan = await channel.plan({ settings, recipient: good.recipient });
          if (!plan.ok) assert.ok(plan.problem.code.length > 0 && plan.problem.message.length > 10);
        }),
      );
    });

    it('answers addresses it cannot reach with a coded problem and never throws (property)', async () => {
      const type = fc.constantFrom('mobile', 'whatsapp_user', 'email', 'pigeon');
      await fc.assert(
        fc.asyncProperty(type, fc.string(), async (type, address) => {
          const plan = await channel.plan({ settings: good.settings, recipient: { type, address } });
          if (!plan.ok) assert.ok(plan.problem.code.length > 0);
        }),
      );
    });

    it('has lanes with names of their own', () => {
      const queues = channel.lanes.map(({ queue }) => queue);
      assert.ok(queues.length > 0);
      assert.equal(new Set(queues).size, queues.length);
    });
  });
}

const config = WhatsAppConfigSchema.parse({});
const org = { orguuid: 'demo', name: 'Demo', default_country: 'ZA' };
// Opened by the one plan that has to choose between addresses.
const redis = new RedisConnection(new RedisTarget({ ...privateRedis.options, lazyConnect: true }, 'contract'));
const keys = new Keys('contract');
const clock = new RedisClock(redis, keys, new Queues(redis, keys));
const silent = pino({ level: 'silent' });
const files = new FileStore({ dir: '/nowhere', maxBytes: 1 }, redis, keys, clock, silent);
const graph = new GraphClient(config, new HostAddress('http://127.0.0.1:1'));
const uploads = new MediaUploads(config, graph, files, redis, keys, clock, silent);
const templates = new WhatsAppTemplates(config, new CatalogueStore(redis, clock, keys));
const whatsapp = new WhatsAppChannel(
  config,
  org,
  graph,
  redis,
  keys,
  uploads,
  files,
  templates,
  new ConversationReader(redis, keys),
  clock,
);

channelContract('log', new LogChannel(silent), {
  settings: { body: 'hello' },
  recipient: { contact: reachable },
});
channelContract('meta_whatsapp', whatsapp, {
  settings: { message_type: 'text', params: { text: { body: 'hello' } } },
  recipient: { contact: reachable },
});

describe('The channel meta_whatsapp', () => {
  after(() => redis.close());
  const settings = { message_type: 'text', params: { text: { body: 'hello' } } };

  it('reaches a contact by the first whatsapp_user, else by the first mobile', async () => {
    const both = contact({ type: 'mobile', contact: '27825550101' }, { type: 'whatsapp_user', contact: 'US.1349' });
    assert.equal((await whatsapp.plan({ settings, recipient: { contact: both } })).to, 'US.1349');
    const mailOnly = contact({ type: 'email', contact: 'a@b.co' });
    const none = await whatsapp.plan({ settings, recipient: { contact: mailOnly } });
    assert.equal(!none.ok && none.problem.code, 'no_contact_point');
  });

  it('does not send to a group, however its id is written', async () => {
    const groups = [
      '120363000000000000@g.us',
      '120363000000000000',
      'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD',
    ];
    for (const address of groups)
      for (const type of ['mobile', 'whatsapp_user']) {
        const plan = await whatsapp.plan({ settings, recipient: { type, address } });
        assert.equal(!plan.ok && plan.problem.code, 'group_not_supported', `${type} ${address}`);
      }
    const person = await whatsapp.plan({ settings, recipient: { type: 'mobile', address: '+27825550101' } });
    assert.equal(person.to, '27825550101');
  });

  it('sends a quote and the identity key hash beside the content of the message', async () => {
    const beside = { quote: 'wamid.HBgL=', recipient_identity_key_hash: 'abc=' };
    const plan = await whatsapp.plan({ settings: { ...settings, ...beside }, recipient: { contact: reachable } });
    assert.deepEqual(plan.ok && plan.message, {
      type: 'text',
      text: { body: 'hello', preview_url: true },
      context: { message_id: 'wamid.HBgL=' },
      recipient_identity_key_hash: 'abc=',
    });
  });

  it('counts a text in characters: 4096 emoji pass, one more does not', async () => {
    const of = async (length: number) => {
      const settings = { message_type: 'text', params: { text: { body: '😀'.repeat(length) } } };
      return (await whatsapp.plan({ settings, recipient: { contact: reachable } })).ok;
    };
    assert.deepEqual([await of(4_096), await of(4_097), await of(0)], [true, false, false]);
  });
});
