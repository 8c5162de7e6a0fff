import { inject, injectable } from 'inversify';
import {
  type ContactPoint,
  type ErasedPersonData,
  Keys,
  type PersonalData,
  type PersonalDataLeft,
  RedisConnection,
  type Tell,
  type Write,
} from '../../../core/index.js';
import { type ConversationState, isMoved } from '../conversation/conversation.js';
import { MEDIA_TIMEOUT_QUEUE } from '../conversation/waiting-messages.js';
import { clientFilesKey } from '../media/client-file-quota.js';
import { conversationIdOf, PLUGIN, sendQueueOf, WhatsAppConfig } from '../profile.js';

/** Queues of the conversations' timers. */
const TIMER_QUEUES = ['session-expiry', 'stash-flush', MEDIA_TIMEOUT_QUEUE];

/** Addresses of one person that are followed from one to the next. */
const ADDRESSES_AT_MOST = 100;

/** What WhatsApp's conversations keep of a person, at every address that is known to be theirs. */
@injectable()
export class WhatsAppPersonalData implements PersonalData {
  readonly name = PLUGIN;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  async erase({ points, erasure, last }: ErasedPersonData): Promise<PersonalDataLeft> {
    const known = points.filter(({ type }) => type !== 'email').map(({ contact }) => contact);
    const writes: Write[] = [];
    const tells: Tell[] = [];
    const found = new Set<string>();
    const ids: string[] = [];
    for (const profile of Object.keys(this.config.profiles)) {
      for (const address of await this.addressesOf(profile, known)) {
        found.add(address);
        const id = conversationIdOf(profile, address);
        ids.push(id);
        writes.push(...this.recordsGone(profile, address));
        if (last) writes.push(...this.actorsGone(profile, address));
        else tells.push({ to: { kind: 'conversation', id }, id: `erase:${erasure}`, body: { type: 'erase_person' } });
      }
    }
    const to = ids.map((id) => ({ kind: 'conversation', id }));
    return { writes, tells, points: [...found].map(pointOf), ...(last && { timers: { queues: TIMER_QUEUES, to } }) };
  }

  /** Theirs, and what the conversations there call them besides. */
  private async addressesOf(profile: string, known: readonly string[]): Promise<readonly string[]> {
    const found = new Set(known);
    for (const address of found) {
      if (found.size >= ADDRESSES_AT_MOST) break;
      const key = this.keys.actor('conversation', conversationIdOf(profile, address));
      const text = await this.redis.client.hget(key, 'state');
      if (text === null) continue;
      const state = JSON.parse(text) as ConversationState;
      const others = isMoved(state) ? [state.movedTo, ...state.ids] : [state.number, state.userId, ...state.aliases];
      for (const other of others) if (other !== undefined) found.add(other);
    }
    return [...found];
  }

  private recordsGone(profile: string, address: string): Write[] {
    const id = conversationIdOf(profile, address);
    return [
      ['DEL', this.keys.routingTrace(id)],
      ['DEL', this.keys.plugin(PLUGIN, `under-way:${id}`)],
      ['DEL', clientFilesKey(this.keys, id)],
      ['DEL', this.keys.plugin(PLUGIN, `shown-number:${profile}:${address}`)],
      ['ZREM', this.keys.conversations(), id],
    ];
  }

  /** At the end nothing of theirs is under way any more. A turn that runs right now is refused its commit and begins anew. */
  private actorsGone(profile: string, address: string): Write[] {
    return [
      ['DEL', this.keys.actor('conversation', conversationIdOf(profile, address))],
      ['DEL', this.keys.actor(sendQueueOf(profile), address)],
    ];
  }
}

const pointOf = (address: string): ContactPoint =>
  /^\d+$/.test(address) ? { type: 'mobile', contact: address } : { type: 'whatsapp_user', contact: address };
