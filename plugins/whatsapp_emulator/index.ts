import { definePlugin, HttpRoutes, Service } from '../../core/index.js';
import { AccountBook } from './accounts/account-book.js';
import { ChatReader } from './chat/chat-reader.js';
import { ChatStore } from './chat/chat-store.js';
import { ClientPhone } from './chat/client-phone.js';
import { GraphCallLog } from './chat/graph-call-log.js';
import { ClientRoutes } from './control/client-routes.js';
import { OperatorRoutes } from './control/operator-routes.js';
import { PageRoutes } from './control/page-routes.js';
import { EmulatorConfig, EmulatorConfigSchema } from './emulator-config.js';
import { EmulatorKeys } from './emulator-keys.js';
import { FaultDesk } from './fault/fault-desk.js';
import { AccountCalls } from './graph/account-calls.js';
import { GraphRoutes } from './graph/graph-routes.js';
import { MessageSender } from './graph/message-sender.js';
import { ReadMarker } from './graph/read-marker.js';
import { TemplateCatalogue } from './message/template-catalogue.js';
import { WebhookAddress } from './webhook/webhook-address.js';
import { WebhookOutbox } from './webhook/webhook-outbox.js';
import { WebhookPost } from './webhook/webhook-post.js';
import { WebhookPump } from './webhook/webhook-pump.js';

/** A local Cloud API of Meta: Graph calls in, signed webhooks out, and phones to write with. */
export default definePlugin({
  name: 'whatsapp_emulator',
  config: EmulatorConfigSchema,
  contribute({ config, bind }) {
    bind(EmulatorConfig).toConstantValue(config);
    bind(TemplateCatalogue).toConstantValue(new TemplateCatalogue(config.templates));
    bind(AccountBook).toSelf().inSingletonScope();
    bind(EmulatorKeys).toSelf().inSingletonScope();
    bind(ChatStore).toSelf().inSingletonScope();
    bind(ChatReader).toSelf().inSingletonScope();
    bind(GraphCallLog).toSelf().inSingletonScope();
    bind(ClientPhone).toSelf().inSingletonScope();
    bind(FaultDesk).toSelf().inSingletonScope();
    bind(MessageSender).toSelf().inSingletonScope();
    bind(ReadMarker).toSelf().inSingletonScope();
    bind(AccountCalls).toSelf().inSingletonScope();
    bind(WebhookAddress).toSelf().inSingletonScope();
    bind(WebhookOutbox).toSelf().inSingletonScope();
    bind(WebhookPost).toSelf().inSingletonScope();
    bind(WebhookPump).toSelf().inSingletonScope();
    bind(Service).toService(WebhookPump);
    bind(HttpRoutes).to(GraphRoutes).inSingletonScope();
    bind(HttpRoutes).to(ClientRoutes).inSingletonScope();
    bind(HttpRoutes).to(OperatorRoutes).inSingletonScope();
    bind(HttpRoutes).to(PageRoutes).inSingletonScope();
  },
});
