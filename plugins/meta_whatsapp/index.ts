import {
  ActorKind,
  Channel,
  definePlugin,
  EmulatedAccount,
  HttpRoutes,
  RealAccount,
  Service,
  WebhookSource,
} from '../../core/index.js';
import { ConversationActor } from './conversation-actor.js';
import { ConversationRoutes } from './conversation-routes.js';
import { GraphClient } from './graph-client.js';
import { PLUGIN, WhatsAppConfig, WhatsAppConfigSchema } from './profile.js';
import { StatusActor } from './status-actor.js';
import { WhatsAppChannel } from './whatsapp-channel.js';
import { WhatsAppWebhook } from './whatsapp-webhook.js';

/** WhatsApp through Meta's Cloud API. */
export default definePlugin({
  name: PLUGIN,
  config: WhatsAppConfigSchema,
  contribute: ({ config, bind }) => {
    bind(WhatsAppConfig).toConstantValue(config);
    bind(GraphClient).toSelf().inSingletonScope();
    bind(Channel).to(WhatsAppChannel).inSingletonScope();
    bind(WebhookSource).to(WhatsAppWebhook).inSingletonScope();
    bind(ActorKind).to(ConversationActor).inSingletonScope();
    bind(ActorKind).to(StatusActor).inSingletonScope();
    bind(HttpRoutes).to(ConversationRoutes).inSingletonScope();
    bind(Service)
      .toDynamicValue(({ get }) => ({
        name: `${PLUGIN} connections`,
        start: () => undefined,
        stop: async () => void (await get(GraphClient).close()),
      }))
      .inSingletonScope();
    for (const [name, profile] of Object.entries(config.profiles)) {
      if (profile.graph_url !== 'emulator') {
        bind(RealAccount).toConstantValue({ provider: 'whatsapp', profile: name, url: profile.graph_url });
        continue;
      }
      bind(EmulatedAccount).toConstantValue({
        provider: 'whatsapp',
        profile: name,
        phoneNumberId: profile.phone_number_id,
        displayPhoneNumber: profile.display_phone_number,
        businessAccountId: profile.waba_id,
        accessToken: profile.access_token,
        appSecret: profile.app_secrets[0]!,
        webhookPath: `/webhooks/${PLUGIN}`,
      });
    }
  },
});
