import { inject, injectable } from 'inversify';
import { type ActorKind, type Decision, type Letter, Logger, type Tell, type Turn } from '../../../core/index.js';
import { GraphClient } from '../graph-client.js';
import { profileOf, WhatsAppConfig } from '../profile.js';
import type { IncomingLetter } from '../webhook-letters.js';

const KIND = 'whatsapp-reads';
const CALL_MS = 10_000;
/** Notes of Meta's, which nobody has written and nobody reads. */
const NO_MESSAGES: readonly unknown[] = ['system', 'revoke', 'unsupported'];

interface ReadState {
  /** The newest message that is not marked yet; Meta marks all before it too. */
  readonly messageId?: string;
}
type ReadLetter = { readonly type: 'received'; readonly messageId: string } | { readonly type: 'tried' };
interface ReadCall {
  readonly messageId: string;
}

/**
 * Letters that have messages marked read, for those of `tells` that bring one to a conversation of a profile with
 * `mark_read`. They go to an actor of their own: no conversation waits for it. Pure.
 */
export function readTells(tells: readonly Tell[], config: WhatsAppConfig): Tell[] {
  return tells.flatMap(({ to, id, body }) => {
    const { type, message } = body as Partial<IncomingLetter>;
    const profile = profileOf(config, to.id.slice(0, to.id.indexOf(':')));
    if (type !== 'incoming' || !message || !profile?.mark_read || NO_MESSAGES.includes(message['type'])) return [];
    const letter: ReadLetter = { type: 'received', messageId: String(message['id']) };
    return [{ to: { kind: KIND, id: to.id }, id, body: letter }];
  });
}

/** Marks clients' messages read (two blue ticks) as they are stored, for profiles with `mark_read`. One that fails is let be. */
@injectable()
export class ReadReceipts implements ActorKind<ReadState | null, ReadLetter, ReadCall> {
  readonly kind = KIND;
  readonly queue = KIND;
  readonly stateVersion = 1;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(Logger) private readonly log: Logger,
  ) {}

  initial(): null {
    return null;
  }

  decide({ state }: Turn<ReadState | null>, { body }: Letter<ReadLetter>): Decision<ReadState | null> {
    if (body.type === 'received') return { state: { messageId: body.messageId } };
    return { state: state?.messageId === undefined ? null : state };
  }

  next({ state, nowMs }: Turn<ReadState | null>): Decision<ReadState | null, ReadCall> | undefined {
    if (state?.messageId === undefined) return undefined;
    const { messageId } = state;
    return { state: {}, call: { id: `read:${nowMs}:${messageId.slice(-64)}`, task: { messageId } } };
  }

  /** Done again where a process died in it: to mark twice changes nothing. */
  async call({ messageId }: ReadCall, { actorId }: { readonly actorId: string }): Promise<ReadLetter> {
    const name = actorId.slice(0, actorId.indexOf(':'));
    const profile = profileOf(this.config, name);
    if (!profile) return { type: 'tried' };
    const answer = await this.graph.call(name, {
      method: 'POST',
      target: 'read_mark',
      path: `${profile.phone_number_id}/messages`,
      body: { messaging_product: 'whatsapp', status: 'read', message_id: messageId },
      timeoutMs: CALL_MS,
    });
    if (!answer.ok) {
      const code = answer.kind === 'refused' ? answer.code : undefined;
      this.log.info({ profile: name, kind: answer.kind, code }, 'a message could not be marked read');
    }
    return { type: 'tried' };
  }
}
