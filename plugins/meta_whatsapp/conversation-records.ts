import { createHash } from 'node:crypto';
import {
  type ContactBook,
  type Delivery,
  expiringWrite,
  type JsonObject,
  type Keys,
  type RedisConnection,
  valueAt,
  type Write,
} from '../../core/index.js';
import type { Conversation, RoutedMessage } from './conversation/conversation.js';
import { quotedIdOf, referredIdOf } from './incoming-message.js';
import { PLUGIN } from './profile.js';
import { objectOf, textIn } from './webhook-json.js';
import type { IncomingLetter } from './webhook-letters.js';

/** How long it is known which stub got a client's message, for an edit or a deletion of it: as long as quoted messages of ours. */
const CLIENT_MESSAGE_MS = 90 * 86_400_000;

/** What a client's message is about, where it names another one. */
export interface Reference {
  readonly stubref?: string;
  /** What stood in it, where it was one of ours. */
  readonly text?: string;
}

/** Looks up what a client's message needs to be routed: contact, the message it refers to, stubs that may be gone. Reads only. */
export class ConversationRecords {
  constructor(
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
    private readonly contacts: ContactBook,
  ) {}

  /** By number, then by user id, then by what else is known of this person. */
  async contactOf({ from, userId }: IncomingLetter, conversation: Conversation): Promise<string | undefined> {
    const { number, userId: known, aliases } = conversation;
    const ofThis = userId === undefined || userId === known || aliases.includes(userId);
    const others = ofThis ? [number, known, ...aliases] : [];
    const tried = new Set<string>();
    for (const address of [from, userId, ...others]) {
      if (address === undefined || tried.has(address)) continue;
      tried.add(address);
      const type = /^\d+$/.test(address) ? 'mobile' : 'whatsapp_user';
      const contact = await this.contacts.idOfPoint(type, address);
      if (contact !== undefined) return contact;
    }
    return undefined;
  }

  /** Our delivery that the message quotes or taps. */
  async quoted(message: JsonObject, nowMs: number): Promise<Delivery | undefined> {
    const id = quotedIdOf(message);
    return id === undefined ? undefined : this.deliveryOf(id, nowMs);
  }

  /**
   * What a reaction, an edit or a deletion is about; undefined where the message is none of these. `routedNow`: messages of
   * the client whose index is not committed yet.
   */
  async referred(
    profile: string,
    message: JsonObject,
    routedNow: readonly RoutedMessage[],
    nowMs: number,
  ): Promise<Reference | undefined> {
    const id = referredIdOf(message);
    if (id === undefined) return undefined;
    const delivery = await this.deliveryOf(id, nowMs);
    if (delivery) {
      const text = shownText(delivery.message);
      const stubref = delivery.origin?.stubref;
      return { ...(stubref !== undefined && { stubref }), ...(text !== undefined && { text }) };
    }
    const now = routedNow.find((routed) => routed.id === id);
    if (now) return { stubref: now.stubref };
    const [text, before] = await this.redis.client.mget(this.clientMessage(profile, id), this.plainName(profile, id));
    const stubref = valueAt(text ?? before ?? null, nowMs);
    return stubref === undefined ? {} : { stubref };
  }

  /** Remembers which stub got a client's message. */
  routedWrite(profile: string, message: JsonObject, stubref: string, nowMs: number): Write[] {
    const id = textIn(message['id']);
    if (id === undefined) return [];
    return [expiringWrite(this.clientMessage(profile, id), stubref, CLIENT_MESSAGE_MS, nowMs)];
  }

  /** Of these stubs, those that do not exist. One whose first letter waits does. */
  async unknownStubs(stubrefs: readonly (string | undefined)[]): Promise<ReadonlySet<string>> {
    const asked = [...new Set(stubrefs)].filter((stubref) => stubref !== undefined);
    const found = await Promise.all(
      asked.map(async (stubref) => {
        // In this order: a stub that is made in between has its letter first, and its state after.
        const [waits, stands] = await Promise.all([
          this.redis.client.exists(this.keys.mailbox('stub', stubref)),
          this.redis.client.hexists(this.keys.actor('stub', stubref), 'state'),
        ]);
        return waits + stands > 0;
      }),
    );
    return new Set(asked.filter((_, at) => !found[at]));
  }

  private async deliveryOf(providerId: string, nowMs: number): Promise<Delivery | undefined> {
    const delivery = valueAt(await this.redis.client.get(this.keys.providerMessage(PLUGIN, providerId)), nowMs);
    const doc = delivery === undefined ? null : await this.redis.client.hget(this.keys.delivery(delivery), 'doc');
    return doc === null ? undefined : (JSON.parse(doc) as Delivery);
  }

  /** Meta's message ids contain phone numbers, so the name is a hash of the id. */
  private clientMessage(profile: string, id: string): string {
    const hash = createHash('sha256').update(id).digest('base64url');
    return this.keys.plugin(PLUGIN, `message-of-client:${profile}:${hash}`);
  }

  /** The name in an earlier version; such records expire within 90 days of the upgrade. */
  private plainName(profile: string, id: string): string {
    return this.keys.plugin(PLUGIN, `client-message:${profile}:${id.slice(0, 500)}`);
  }
}

/** The words of a message of ours, as the client sees them. */
function shownText(message: JsonObject): string | undefined {
  const content = objectOf(message[String(message['type'])]);
  const body = content['body'];
  return textIn(body) ?? textIn(objectOf(body)['text']) ?? textIn(content['caption']) ?? textIn(content['name']);
}
