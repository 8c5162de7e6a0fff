import { createHmac, timingSafeEqual } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import {
  type ActorKind,
  ContactBook,
  type Decision,
  EventBus,
  encodeSegment,
  type HeimdallEvent,
  type Letter,
  mobileNumber,
  Org,
  StubwireError,
  type Turn,
  UnroutedInbox,
  type WebhookLetters,
  type WebhookPost,
  type WebhookSource,
} from '../../core/index.js';

export interface SmsInboundConfig {
  readonly secret: string;
}
export const SmsInboundConfig = Symbol.for('sms.InboundConfig');

const Message = z.object({ id: z.string().min(1).max(100), from: z.string(), text: z.string().max(2_000) });
type Message = z.output<typeof Message>;
const SENDER = 'sms-sender';

/** `POST /webhooks/sms`: verifies, parses and names the letters. It reads and stores nothing. */
@injectable()
export class SmsWebhook implements WebhookSource {
  readonly name = 'sms';

  constructor(
    @inject(SmsInboundConfig) private readonly config: SmsInboundConfig,
    @inject(Org) private readonly org: Org,
  ) {}

  read({ rawBody, headers }: WebhookPost): WebhookLetters {
    const expected = createHmac('sha256', this.config.secret).update(rawBody).digest();
    const given = Buffer.from(String(headers['x-signature'] ?? ''), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new StubwireError('signature_invalid', 'The header x-signature is not the HMAC of this body. Sign it.');
    const { success, data } = Message.safeParse(parsed(rawBody));
    if (!success) return { tells: [], unhandled: [{ reason: 'no message', excerpt: '' }] };
    const from = mobileNumber(data.from, this.org.default_country);
    // One actor for each sender keeps messages in order; the provider's id makes a repeat harmless.
    return { tells: [{ to: { kind: SENDER, id: from }, id: data.id, body: { ...data, from } }], unhandled: [] };
  }
}

function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString());
  } catch (error) {
    throw new StubwireError('body_invalid', 'The body is not JSON.', { cause: error });
  }
}

/** Emits each message as an event. Without a registration for it the message goes to the unrouted inbox. */
@injectable()
export class SmsSender implements ActorKind<null, Message> {
  readonly kind = SENDER;
  readonly queue = 'sms-incoming';
  readonly stateVersion = 1;

  constructor(
    @inject(EventBus) private readonly bus: EventBus,
    @inject(UnroutedInbox) private readonly inbox: UnroutedInbox,
    @inject(ContactBook) private readonly contacts: ContactBook,
  ) {}

  initial(): null {
    return null;
  }

  /** May run again with the same letter, so it only reads, and returns the writes to commit. */
  async decide(turn: Turn<null>, { id, body: { from, text } }: Letter<Message>): Promise<Decision<null>> {
    const contactuuid = await this.contacts.idOfPoint('mobile', from);
    const incoming = { message: text, from };
    const path = `sms.incoming.from.${encodeSegment(from)}`;
    const feedback = { incoming, ...(contactuuid !== undefined && { contactuuid }) };
    const client = { type: 'mobile' as const, contact: from, name: from };
    const event: HeimdallEvent = { id, paths: [path], mechanism: 'cbh', data: incoming, feedback, client };
    const { writes, tells, handlers } = await this.bus.emission(event, turn);
    const reason = 'No registration takes it.';
    const item = {
      id,
      atMs: turn.nowMs,
      reason,
      path,
      data: incoming,
      feedback: { action: '_update', feedback, client },
    };
    return { state: null, writes: [...writes, ...(handlers.length > 0 ? [] : this.inbox.writes(item))], tells };
  }
}
