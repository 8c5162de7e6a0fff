import {
  ActorKind,
  Channel,
  Diagnosis,
  definePlugin,
  EmulatedAccount,
  HttpRoutes,
  Logger,
  PersonalData,
  RealAccount,
  Service,
  TaskType,
  TemplateCheck,
  WebhookSource,
} from '../../core/index.js';
import { CatalogueStore } from './catalogue/catalogue-store.js';
import { CatalogueSync } from './catalogue/catalogue-sync.js';
import { TemplateChangeActor } from './catalogue/template-change-actor.js';
import { WhatsAppTemplateRoutes } from './catalogue/whatsapp-template-routes.js';
import { WhatsAppTemplates } from './catalogue/whatsapp-templates.js';
import { WHATSAPP_CHECKS, WHATSAPP_RULES } from './checks/whatsapp-checks.js';
import { ConversationActor } from './conversation-actor.js';
import { ConversationReader } from './conversation-reader.js';
import { ConversationRoutes } from './conversation-routes.js';
import { AccountDiagnosis } from './doctor-account.js';
import { GraphClient } from './graph-client.js';
import { WhatsAppPersonalData } from './identity/whatsapp-personal-data.js';
import { ClientFileQuota } from './media/client-file-quota.js';
import { IncomingMediaActor } from './media/incoming-media-actor.js';
import { MediaFetcher } from './media/media-fetcher.js';
import { MediaUploadActor } from './media/media-upload-actor.js';
import { MediaUploads } from './media/media-uploads.js';
import { BUILT_IN_NOTICE, emulated, isBuiltIn, PLUGIN, WhatsAppConfig, WhatsAppConfigSchema } from './profile.js';
import { CommandPush } from './profiles/command-push.js';
import { ProfileRoutes } from './profiles/profile-routes.js';
import { ReadReceipts } from './profiles/read-receipts.js';
import { TokenWatch } from './profiles/token-watch.js';
import { StatusActor } from './status-actor.js';
import { ManageStubsession } from './tasks/manage-stubsession.js';
import { SendTypingIndicator } from './tasks/send-typing-indicator.js';
import { WhatsAppChannel } from './whatsapp-channel.js';
import { WhatsAppWebhook } from './whatsapp-webhook.js';

/** WhatsApp through Meta's Cloud API. */
export default definePlugin({
  name: PLUGIN,
  config: WhatsAppConfigSchema,
  forStories: (config) => ({ config: emulated(config), beside: ['whatsapp_emulator'] }),
  contribute: ({ config, bind }) => {
    bind(WhatsAppConfig).toConstantValue(config);
    bind(GraphClient).toSelf().inSingletonScope();
    bind(CatalogueStore).toSelf().inSingletonScope();
    bind(WhatsAppTemplates).toSelf().inSingletonScope();
    bind(CatalogueSync).toSelf().inSingletonScope();
    bind(ConversationReader).toSelf().inSingletonScope();
    bind(Channel).to(WhatsAppChannel).inSingletonScope();
    bind(WebhookSource).to(WhatsAppWebhook).inSingletonScope();
    bind(ActorKind).to(ConversationActor).inSingletonScope();
    bind(ActorKind).to(StatusActor).inSingletonScope();
    bind(ActorKind).to(TemplateChangeActor).inSingletonScope();
    bind(ActorKind).to(ReadReceipts).inSingletonScope();
    bind(MediaUploads).toSelf().inSingletonScope();
    bind(ClientFileQuota).toSelf().inSingletonScope();
    bind(MediaFetcher).toSelf().inSingletonScope();
    bind(ActorKind).to(MediaUploadActor).inSingletonScope();
    bind(ActorKind).to(IncomingMediaActor).inSingletonScope();
    bind(PersonalData).to(WhatsAppPersonalData).inSingletonScope();
    bind(HttpRoutes).to(ConversationRoutes).inSingletonScope();
    bind(HttpRoutes).to(WhatsAppTemplateRoutes).inSingletonScope();
    bind(HttpRoutes).to(ProfileRoutes).inSingletonScope();
    bind(Service)
      .toDynamicValue(({ get }) => ({
        name: `${PLUGIN} connections`,
        start: () => undefined,
        stop: async () => void (await get(GraphClient).close()),
      }))
      .inSingletonScope();
    bind(Service)
      .toDynamicValue(({ get }) => ({
        name: `${PLUGIN} profiles`,
        start: () => {
          if (isBuiltIn(config)) get(Logger).warn(BUILT_IN_NOTICE);
        },
        stop: () => undefined,
      }))
      .inSingletonScope();
    bind(Diagnosis).to(AccountDiagnosis).inSingletonScope();
    for (const rule of WHATSAPP_RULES) bind(TemplateCheck).toConstantValue(rule);
    for (const rule of WHATSAPP_CHECKS) bind(TemplateCheck).to(rule).inSingletonScope();
    bind(TaskType).to(ManageStubsession).inSingletonScope();
    bind(TaskType).to(SendTypingIndicator).inSingletonScope();
    bind(CommandPush).toSelf().inSingletonScope();
    bind(Service).to(TokenWatch).inSingletonScope();
    bind(Service).toService(CatalogueSync);
    bind(Service).toService(CommandPush);
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
