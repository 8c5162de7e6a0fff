import { inject, injectable } from 'inversify';
import {
  type ActorKind,
  ContactBook,
  type Decision,
  EventBus,
  Keys,
  type LaneReport,
  type Letter,
  Org,
  RedisConnection,
  StubStore,
  type Turn,
  UnroutedInbox,
} from '../../core/index.js';
import { type Conversation, NEW_CONVERSATION } from './conversation/conversation.js';
import { withoutExpired } from './conversation/stubsession.js';
import { ConversationInbound } from './conversation-inbound.js';
import { ConversationOutbound, type DeliverLetter, type OperatorLetter } from './conversation-outbound.js';
import { WhatsAppConfig } from './profile.js';
import type { IncomingLetter } from './webhook-letters.js';

/** Letters that a conversation takes. */
export type ConversationLetter =
  | IncomingLetter
  | DeliverLetter
  | LaneReport
  | { readonly type: 'request_failed'; readonly delivery: string; readonly code?: number; readonly message: string }
  | { readonly type: 'flush' }
  | { readonly type: 'stash_expired'; readonly request: string }
  | { readonly type: 'session_expired' }
  | OperatorLetter;

/**
 * One profile and one client: window, consent, stash, sessions, and where each message goes. Messages of a client are
 * handled one at a time in the order they were accepted.
 */
@injectable()
export class ConversationActor implements ActorKind<Conversation, ConversationLetter> {
  readonly kind = 'conversation';
  readonly queue = 'whatsapp-conversations';
  readonly stateVersion = 1;
  readonly timerQueues = ['session-expiry', 'stash-flush'];
  private readonly inbound: ConversationInbound;
  private readonly outbound: ConversationOutbound;

  constructor(
    @inject(WhatsAppConfig) config: WhatsAppConfig,
    @inject(Keys) keys: Keys,
    @inject(Org) org: Org,
    @inject(RedisConnection) redis: RedisConnection,
    @inject(ContactBook) contacts: ContactBook,
    @inject(StubStore) stubs: StubStore,
    @inject(EventBus) events: EventBus,
    @inject(UnroutedInbox) inbox: UnroutedInbox,
  ) {
    this.outbound = new ConversationOutbound(config, keys, org, stubs);
    this.inbound = new ConversationInbound(config, keys, org, redis, contacts, events, inbox, this.outbound);
  }

  initial(): Conversation {
    return NEW_CONVERSATION;
  }

  decide(
    turn: Turn<Conversation>,
    letter: Letter<ConversationLetter>,
  ): Decision<Conversation> | Promise<Decision<Conversation>> {
    const { body } = letter;
    switch (body.type) {
      case 'incoming':
        return this.inbound.incoming(turn, { ...letter, body });
      case 'deliver':
        return this.outbound.deliver(turn, body);
      case 'leaving':
        return this.outbound.leaving(turn, body.delivery, body.ticket);
      case 'window_closed':
        return this.outbound.windowClosed(turn, body.delivery, body.ticket);
      case 'ended':
        return body.problem ? this.outbound.requestFailed(turn, body.delivery, body.problem) : { state: turn.state };
      case 'request_failed': {
        const provider = body.code !== undefined && { provider_code: body.code };
        return this.outbound.requestFailed(turn, body.delivery, {
          code: 'provider_refused',
          message: body.message,
          ...provider,
        });
      }
      case 'flush':
        return this.outbound.flush(turn);
      case 'stash_expired':
        return this.outbound.stashExpired(turn, body.request);
      case 'session_expired':
        return { state: withoutExpired(turn.state, turn.nowMs) };
      case 'operator':
        return this.outbound.operator(turn, letter.id, body);
    }
  }
}
