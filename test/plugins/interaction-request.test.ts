import assert from 'node:assert/strict';
import type { Delivery } from '../../core/contract/channel.js';
import type { DeliveryStep } from '../../core/contract/stub.js';
import { CatalogueStore } from '../../plugins/meta_whatsapp/catalogue/catalogue-store.js';
import { WhatsAppTemplates } from '../../plugins/meta_whatsapp/catalogue/whatsapp-templates.js';
import { type Conversation, NEW_CONVERSATION } from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { ConversationRequests } from '../../plugins/meta_whatsapp/conversation-requests.js';
import type { WhatsAppTemplate } from '../../plugins/meta_whatsapp/messages/whatsapp-template.js';
import { type WhatsAppConfig, WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { ActorHost } from '../support/actor-host.js';
import { privateRedis } from '../support/private-redis.js';

const NAME = 'general_interaction_request';
const ID = 'main:27825550101';
const stash = ['first', 'second'].map((delivery, at) => ({ delivery, seq: at + 1, round: 1 }));
const STATE: Conversation = { ...NEW_CONVERSATION, stash };

describe('meta_whatsapp: the request for consent', () => {
  const defaults = WhatsAppConfigSchema.parse({});
  const config: WhatsAppConfig = {
    ...defaults,
    profiles: { main: { ...defaults.profiles['main']!, language: 'en_US' } },
  };
  let host: ActorHost;
  let store: CatalogueStore;
  let requests: ConversationRequests;
  let templates: WhatsAppTemplates;
  let began = 0;

  beforeEach(() => {
    host = new ActorHost(privateRedis.options, privateRedis.newPrefix(), []);
    store = new CatalogueStore(host.redis, host.clock, host.keys);
    templates = new WhatsAppTemplates(config, store);
    const org = { orguuid: 'demo', name: 'Demo', default_country: 'ZA' };
    requests = new ConversationRequests(config, host.keys, org, templates);
  });
  afterEach(() => host.stop());

  /** Asks where the account has the template in these languages, by status; what is sent, and what comes of the stash. */
  async function asked(languages: { readonly [language: string]: string } | undefined) {
    const listed = Object.entries(languages ?? {}).map(
      ([language, status]): WhatsAppTemplate => ({
        name: NAME,
        language,
        status,
        category: 'UTILITY',
        parameter_format: 'POSITIONAL',
        components: [],
      }),
    );
    began += 1;
    if (languages) await store.save('main', config.profiles['main']!.waba_id, listed, began);
    await templates.refresh();
    const { state, writes = [], tells = [] } = requests.ask({ id: ID, state: STATE, nowMs: 1_000 }, STATE, []);
    const value = (field: string) => {
      const found = writes.find((write) => write[2] === field);
      return found && JSON.parse(String(found[3]));
    };
    const sent: Delivery | undefined = value('doc');
    const failed: DeliveryStep | undefined = value('step:failed');
    const failures = writes.filter((write) => write[2] === 'step:failed').length;
    return { state: state as Conversation, sent, failed, failures, tells, note: value('step:queued')?.note };
  }
  const languageOf = (sent: Delivery | undefined) =>
    (sent?.message['template'] as { language: { code: string } } | undefined)?.language.code;

  it('goes out in the profile’s language, while nothing is known of the account too', async () => {
    assert.equal(languageOf((await asked(undefined)).sent), 'en_US');
    const { sent, state, note } = await asked({ en_US: 'APPROVED', en: 'APPROVED' });
    assert.deepEqual([languageOf(sent), note, state.requests.length], ['en_US', undefined, 1]);
  });

  it('goes out in a language near it where the account has no other, and says so', async () => {
    const { sent, note } = await asked({ de: 'APPROVED', en: 'APPROVED' });
    assert.equal(languageOf(sent), 'en');
    assert.match(note, /not there in "en_US" and went out in "en"/);
  });

  it('that cannot go out fails what waits at once, with what to do', async () => {
    for (const [languages, why] of [
      [{}, /has no WhatsApp template "general_interaction_request"/],
      [{ de: 'APPROVED' }, /is not there in "en_US"; it has: de/],
      [{ en_US: 'PAUSED' }, /is PAUSED/],
    ] as const) {
      const { state, sent, failed, failures, tells } = await asked(languages);
      assert.deepEqual([sent, tells, state.stash, state.requests], [undefined, [], [], []]);
      assert.deepEqual([failures, failed?.error?.code], [2, 'interaction_request_failed']);
      assert.match(failed!.error!.message, why);
      assert.match(failed!.error!.message, /`npx stubwire doctor` says what to create/);
    }
  });
});
