import { inject, injectable } from 'inversify';
import {
  Channel,
  type Contact,
  type Delivery,
  type DeliveryPlan,
  type DeliveryRequest,
  type JsonObject,
  Keys,
  type LaneGroup,
  mobileNumber,
  Org,
  type Problem,
  RedisConnection,
  type SendOutcome,
  StubwireError,
} from '../../core/index.js';
import { GraphClient } from './graph-client.js';
import { messageType } from './messages/message-types.js';
import { conversationIdOf, NO_CLIENT, PLUGIN, STATUS_KIND, sendQueueOf, WhatsAppConfig } from './profile.js';
import { type Settings, settingsSchema } from './settings.js';

const BSUID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** WhatsApp through Meta's Cloud API: plans deliveries for their conversation and sends what its lane hands on. */
@injectable()
export class WhatsAppChannel implements Channel {
  readonly id = PLUGIN;
  readonly settings: ReturnType<typeof settingsSchema>;
  readonly lanes: readonly LaneGroup[];

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(Org) private readonly org: Org,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {
    this.settings = settingsSchema(config);
    this.lanes = Object.entries(config.profiles).map(([name, profile]) => ({
      queue: sendQueueOf(name),
      messagesPerSecond: profile.messages_per_second,
      unknownOutcomeWaitMs: profile.unknown_outcome_wait_ms,
      unknownOutcomeResends: profile.unknown_outcome_resends,
    }));
  }

  plan({ settings: given, recipient }: DeliveryRequest): DeliveryPlan {
    const checked = this.settings.safeParse(given);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      return refused({
        code: 'validation_failed',
        message: `platforms.${PLUGIN}.${issue!.path.join('.')} ${issue!.message}`,
      });
    }
    const settings: Settings = checked.data;
    const profile = settings.whatsapp_profile_name ?? this.config.default_profile;
    const to = this.addressOf(recipient);
    if (typeof to !== 'string') return { ...refused(to), profile };
    const type = messageType(settings.message_type)!;
    const built = type.build(settings.params[settings.message_type], {
      language: this.config.profiles[profile]!.language,
    });
    if (!built.ok) return { ...refused(built.problem), profile, to };
    return {
      ok: true,
      profile,
      to,
      message: built.payload,
      options: {
        needs_no_window: type.needsNoWindow,
        ...(settings.stubsession && { stubsession: settings.stubsession as JsonObject }),
      },
      show_all_statuses: settings.enable_additional_status_messages,
      via: { kind: 'conversation', id: conversationIdOf(profile, to) },
    };
  }

  /** Statuses wait by client; one of a failure may name no client. */
  async hasUnreadReports({ profile, to }: Delivery): Promise<boolean> {
    const mailboxes = [to, NO_CLIENT].map((client) =>
      this.keys.mailbox(STATUS_KIND, conversationIdOf(profile!, client)),
    );
    return (await this.redis.client.exists(...mailboxes)) > 0;
  }

  send(delivery: Delivery, { signal }: { readonly signal: AbortSignal }): Promise<SendOutcome> {
    const address = BSUID.test(delivery.to) ? { recipient: delivery.to } : { to: `+${delivery.to}` };
    const body = {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...address,
      ...delivery.message,
      biz_opaque_callback_data: delivery.id,
    };
    return this.graph.send(delivery.profile!, body, signal);
  }

  /** E.164 digits or a BSUID: of a contact the first `whatsapp_user`, else the first `mobile`. */
  private addressOf(recipient: DeliveryRequest['recipient']): string | Problem {
    if ('address' in recipient) return this.bareAddress(recipient.type, recipient.address);
    return (
      addressOfContact(recipient.contact) ??
      noContactPoint(
        `The contact ${recipient.contact.contactuuid} has neither a whatsapp_user nor a mobile. Add one with PATCH /api/contacts/${recipient.contact.contactuuid}.`,
      )
    );
  }

  private bareAddress(type: string, address: string): string | Problem {
    if (type === 'whatsapp_user')
      return BSUID.test(address)
        ? address
        : noContactPoint(`"${address.slice(0, 8)}…" is no WhatsApp user id; these look like US.1349….`);
    if (type !== 'mobile')
      return noContactPoint(`An address of type "${type}" cannot be reached on WhatsApp; use mobile or whatsapp_user.`);
    try {
      return mobileNumber(address, this.org.default_country);
    } catch (error) {
      if (error instanceof StubwireError) return { code: 'no_contact_point', message: error.message };
      throw error;
    }
  }
}

const addressOfContact = ({ basic }: Contact): string | undefined =>
  (
    basic.contactpoints.find(({ type }) => type === 'whatsapp_user') ??
    basic.contactpoints.find(({ type }) => type === 'mobile')
  )?.contact;

const noContactPoint = (message: string): Problem => ({ code: 'no_contact_point', message });
const refused = (problem: Problem) => ({ ok: false, problem }) as const;
