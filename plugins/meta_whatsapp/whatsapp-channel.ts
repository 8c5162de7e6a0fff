import { inject, injectable } from 'inversify';
import {
  Channel,
  type Delivery,
  type DeliveryPlan,
  type DeliveryRequest,
  FileStore,
  type JsonObject,
  Keys,
  type LaneGroup,
  mobileNumber,
  Org,
  type Problem,
  type ProviderRequest,
  RedisClock,
  RedisConnection,
  readValue,
  type SendAttempt,
  type SendOutcome,
  StubwireError,
} from '../../core/index.js';
import { WhatsAppTemplates } from './catalogue/whatsapp-templates.js';
import { addressesOf, addressInUse } from './conversation/contact-address.js';
import { ConversationReader } from './conversation-reader.js';
import { GraphClient } from './graph-client.js';
import { isGroupId, isUserId } from './identity/client-id.js';
import { uploadFirst } from './media/media-upload-actor.js';
import { fileGone, MediaUploads, mayLackMedia } from './media/media-uploads.js';
import { buildMessage } from './messages/build-message.js';
import type { Sender } from './messages/message-type.js';
import { missingPlace } from './messages/missing-place.js';
import { settingsProblem } from './messages/settings-problem.js';
import { conversationIdOf, PLUGIN, profileOf, STATUS_KIND, sendQueueOf, WhatsAppConfig } from './profile.js';
import { type SessionChanges, type Settings, settingsSchema } from './settings.js';

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
    @inject(MediaUploads) private readonly uploads: MediaUploads,
    @inject(FileStore) private readonly files: FileStore,
    @inject(WhatsAppTemplates) private readonly templates: WhatsAppTemplates,
    @inject(ConversationReader) private readonly conversations: ConversationReader,
    @inject(RedisClock) private readonly clock: RedisClock,
  ) {
    this.settings = settingsSchema(config);
    this.lanes = Object.entries(config.profiles).map(([name, profile]) => ({
      queue: sendQueueOf(name),
      profile: name,
      messagesPerSecond: profile.messages_per_second,
      answerTimeoutMs: profile.answer_timeout_ms,
      unknownOutcomeWaitMs: profile.unknown_outcome_wait_ms,
      unknownOutcomeResends: profile.unknown_outcome_resends,
    }));
  }

  async plan({ settings: given, leftOut, recipient, stubref, profile: asked }: DeliveryRequest): Promise<DeliveryPlan> {
    const checked = readValue(this.settings, given);
    if (!checked.success) return refused(settingsProblem(checked.error, given));
    const settings: Settings = checked.data;
    const profile = settings.whatsapp_profile_name ?? asked ?? this.config.default_profile;
    if (!profileOf(this.config, profile)) return refused(unknownProfile(profile, this.config));
    const leadsNowhere = stubref === undefined && settings.stubsession && sessionWithoutStub(settings.stubsession);
    if (leadsNowhere) return { ...refused(leadsNowhere), profile };
    const to = await this.addressOf(recipient, profile, stubref);
    if (typeof to !== 'string') return { ...refused(to), profile };
    const { message_type: type, params } = settings;
    const missing = missingPlace(type, leftOut);
    if (missing) return { ...refused(missing), profile, to };
    const built = await buildMessage(type, params[type], this.senderOf(profile));
    if (!built.ok) return { ...refused(built.problem), profile, to };
    return {
      ok: true,
      profile,
      to,
      message: { ...built.payload, ...besideContent(settings) },
      options: {
        needs_no_window: built.needsNoWindow,
        ...(settings.stubsession && { stubsession: settings.stubsession as JsonObject }),
      },
      ...(built.warnings && { note: built.warnings.join(' ') }),
      show_all_statuses: settings.enable_additional_status_messages,
      via: { kind: 'conversation', id: conversationIdOf(profile, to) },
    };
  }

  async hasUnreadReports({ profile, id }: Delivery): Promise<boolean> {
    return (await this.redis.client.exists(this.keys.mailbox(STATUS_KIND, conversationIdOf(profile!, id)))) === 1;
  }

  /** A file of the message that is not at Meta is uploaded first; one that Meta has forgotten, anew. */
  async send(delivery: Delivery, attempt: SendAttempt): Promise<SendOutcome> {
    const profile = delivery.profile!;
    const resolved = await this.uploads.resolve(profile, delivery.message);
    if (resolved.result === 'no_file') return fileGone(resolved.fileuuid);
    if (resolved.result === 'not_uploaded') return uploadFirst(profile, resolved.fileuuid, attempt);
    const outcome = await this.graph.send(profile, sendBody(delivery, resolved.message), attempt.signal);
    const [forgotten] = mayLackMedia(outcome) ? await this.uploads.forgetOld(profile, resolved.fileuuids) : [];
    return forgotten === undefined ? outcome : uploadFirst(profile, forgotten, attempt);
  }

  async preview(delivery: Delivery): Promise<ProviderRequest> {
    const profile = delivery.profile!;
    const { message, missing } = await this.uploads.foreseen(profile, delivery.message);
    const first = missing.map((fileuuid) => `The file ${fileuuid} is uploaded to Meta, which gives the id of it.`);
    const body = sendBody(delivery, message);
    return { method: 'POST', url: this.graph.messagesUrl(profile), body, ...(first.length > 0 && { first }) };
  }

  private senderOf(profile: string): Sender {
    return {
      profile,
      language: this.config.profiles[profile]!.language,
      file: (fileuuid) => this.files.get(fileuuid),
      whatsappTemplate: (name, language) => this.templates.lookup(profile, name, language),
    };
  }

  /** E.164 digits or a BSUID: of a contact with several, the one that the client talks from (`contact-address.ts`). */
  private async addressOf(
    recipient: DeliveryRequest['recipient'],
    profile: string,
    stubref: string | undefined,
  ): Promise<string | Problem> {
    if ('address' in recipient) return this.bareAddress(recipient.type, recipient.address);
    return (
      (await this.inUse(addressesOf(recipient.contact), profile, stubref)) ??
      noContactPoint(
        `The contact ${recipient.contact.contactuuid} has neither a whatsapp_user nor a mobile. Add one with PATCH /api/contacts/${recipient.contact.contactuuid}.`,
      )
    );
  }

  private async inUse(
    addresses: readonly string[],
    profile: string,
    stubref: string | undefined,
  ): Promise<string | undefined> {
    if (addresses.length < 2) return addresses[0];
    const read = addresses.map(async (address) => {
      const found = await this.conversations.at(profile, address);
      return { address, conversation: found?.conversation };
    });
    return addressInUse(await Promise.all(read), stubref, await this.clock.nowMs());
  }

  private bareAddress(type: string, address: string): string | Problem {
    if (isGroupId(address)) return { code: 'group_not_supported', message: NO_GROUPS };
    if (type === 'whatsapp_user')
      return isUserId(address)
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

/** What Meta gets. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
function sendBody({ id, to }: Delivery, message: JsonObject): JsonObject {
  const address: JsonObject = isUserId(to) ? { recipient: to } : { to: `+${to}` };
  const about = { messaging_product: 'whatsapp', recipient_type: 'individual' };
  return { ...about, ...address, ...message, biz_opaque_callback_data: id };
}

const NO_GROUPS =
  'The address is a WhatsApp group, and this product writes to single people only. Give the number of a person, or send to each member.';

/** The settings that are sent beside the content of any message. */
const besideContent = ({ quote, recipient_identity_key_hash }: Settings): JsonObject => ({
  ...(quote !== undefined && { context: { message_id: quote } }),
  ...(recipient_identity_key_hash !== undefined && { recipient_identity_key_hash }),
});

/** Nothing sends but a request: there is no stub that the client's next messages could be led to, unless one is named. */
function sessionWithoutStub(session: SessionChanges): Problem | undefined {
  const invalid = (key: string, what: string): Problem => ({
    code: 'validation_failed',
    message: `platforms.${PLUGIN}.stubsession.${key}: no stub sends this message, ${what}`,
  });
  if (session.set_nextreply_with_timeout_minutes) {
    return invalid(
      'set_nextreply_with_timeout_minutes',
      'so there is none to take the next reply. Leave it out, or send from an action of the stub.',
    );
  }
  if (!session.set_new_with_timeout_hours || session.set_stubsession_stubref) return undefined;
  return invalid('set_new_with_timeout_hours', 'so say with set_stubsession_stubref where the stubsession leads.');
}

const unknownProfile = (profile: string, { profiles }: WhatsAppConfig): Problem => ({
  code: 'profile_unknown',
  message: `There is no profile "${profile}". Profiles: ${Object.keys(profiles).join(', ')}.`,
});
const noContactPoint = (message: string): Problem => ({ code: 'no_contact_point', message });
const refused = (problem: Problem) => ({ ok: false, problem }) as const;
