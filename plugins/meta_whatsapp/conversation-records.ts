import {
  type ContactBook,
  type Delivery,
  type JsonObject,
  type Keys,
  type RedisConnection,
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
  async quoted(message: JsonObject): Promise<Delivery | undefined> {
    const id = quotedIdOf(message);
    return id === undefined ? undefined : this.deliveryOf(id);
  }

  /**
   * What a reaction, an edit or a deletion is about; undefined where the message is none of these. `routedNow`: messages of
   * the client whose index is not committed yet.
   */
  async referred(
    profile: string,
    message: JsonObject,
    routedNow: readonly RoutedMessage[],
  ): Promise<Reference | undefined> {
    const id = referredIdOf(message);
    if (id === undefined) return undefined;
    const delivery = await this.deliveryOf(id);
    if (delivery) {
      const text = shownText(delivery.message);
      const stubref = delivery.origin?.stubref;
      return { ...(stubref !== undefined && { stubref }), ...(text !== undefined && { text }) };
    }
    const now = routedNow.find((routed) => routed.id === id);
    if (now) return { stubref: now.stubref };
    const stubref = await this.redis.client.get(this.clientMessage(profile, id));
    return stubref === null ? {} : { stubref };
  }

  /** Remembers which stub got a client's message. */
  routedWrite(profile: string, message: JsonObject, stubref: string): Write[] {
    const id = textIn(message['id']);
    if (id === undefined) return [];
    return [['SET', this.clientMessage(profile, id), stubref, 'PX', CLIENT_MESSAGE_MS]];
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

  private async deliveryOf(providerId: string): Promise<Delivery | undefined> {
    const delivery = await this.redis.client.get(this.keys.providerMessage(PLUGIN, providerId));
    const doc = delivery === null ? null : await this.redis.client.hget(this.keys.delivery(delivery), 'doc');
    return doc === null ? undefined : (JSON.parse(doc) as Delivery);
  }

  private clientMessage(profile: string, id: string): string {
    return this.keys.plugin(PLUGIN, `client-message:${profile}:${id.slice(0, 500)}`);
  }
}

/** The words of a message of ours, as the client sees them. */
function shownText(message: JsonObject): string | undefined {
  const content = objectOf(message[String(message['type'])]);
  const body = content['body'];
  return textIn(body) ?? textIn(objectOf(body)['text']) ?? textIn(content['caption']) ?? textIn(content['name']);
}
