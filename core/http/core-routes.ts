import type { Newable } from 'inversify';
import type { HttpRoutes } from '../contract/http-routes.js';
import { ActionRoutes } from './action-routes.js';
import { ApiDocumentRoutes } from './api-document.js';
import { ChannelRoutes } from './channel-routes.js';
import { ContactRoutes } from './contact-routes.js';
import { DeadLetterRoutes } from './dead-letter-routes.js';
import { DeliveryRoutes } from './delivery-routes.js';
import { FileRoutes } from './file-routes.js';
import { HealthRoutes } from './health-routes.js';
import { HeimdallRoutes } from './heimdall-routes.js';
import { LidRoutes } from './lid-routes.js';
import { LinkRoutes } from './link-routes.js';
import { MetricsRoutes } from './metrics-routes.js';
import { PostRoutes } from './post-routes.js';
import { QueueBoard } from './queue-board.js';
import { RegistrationRoutes } from './registration-routes.js';
import { SchemaRoutes } from './schema-routes.js';
import { SendRoutes } from './send-routes.js';
import { StubRoutes } from './stub-routes.js';
import { TemplateRoutes } from './template-routes.js';
import { UnhandledWebhookRoutes } from './unhandled-webhook-routes.js';
import { UnroutedRoutes } from './unrouted-routes.js';
import { WebhookRoutes } from './webhook-routes.js';

/** What core itself contributes to `HttpRoutes`. */
export const CORE_ROUTES: readonly Newable<HttpRoutes>[] = [
  HealthRoutes,
  WebhookRoutes,
  StubRoutes,
  ActionRoutes,
  PostRoutes,
  ContactRoutes,
  FileRoutes,
  LidRoutes,
  LinkRoutes,
  SendRoutes,
  UnroutedRoutes,
  DeadLetterRoutes,
  UnhandledWebhookRoutes,
  DeliveryRoutes,
  ChannelRoutes,
  TemplateRoutes,
  SchemaRoutes,
  HeimdallRoutes,
  RegistrationRoutes,
  ApiDocumentRoutes,
  MetricsRoutes,
  QueueBoard,
];
