import { inject, injectable } from 'inversify';
import {
  type ActorKind,
  ContactBook,
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
import { TemplateCategories } from './catalogue/template-categories.js';
import { WhatsAppTemplates } from './catalogue/whatsapp-templates.js';
import {
  type Conversation,
  type ConversationState,
  isMoved,
  NEW_CONVERSATION,
  personOfTicket,
} from './conversation/conversation.js';
import { clientOfId, isConfigured, partsOf } from './conversation/conversation-id.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { isReplay } from './conversation/message-age.js';
import { CONVERSATION_VERSION, migrated } from './conversation/stored-conversation.js';
import { withoutExpired } from './conversation/stubsession.js';
import { forgetFiles, MEDIA_TIMEOUT_QUEUE } from './conversation/waiting-messages.js';
import { ConversationInbound } from './conversation-inbound.js';
import { byHand, type OperatorLetter } from './conversation-operator.js';
import { ConversationOutbound, type DeliverLetter } from './conversation-outbound.js';
import { ConversationRecords } from './conversation-records.js';
import { ConversationReports, type ReportLetter } from './conversation-reports.js';
import { ConversationRequests } from './conversation-requests.js';
import { ConversationRouting } from './conversation-routing.js';
import { ConversationIdentity } from './identity/conversation-identity.js';
import { ForgottenOptOuts } from './identity/forgotten-opt-outs.js';
import { asStored, forwardedOf } from './identity/forwarding.js';
import { IdentityKeeper } from './identity/identity-keeper.js';
import type { IdentityLetter, PreferenceLetter } from './identity/identity-letters.js';
import { repairedLetter, repairedState } from './identity/repaired-state.js';
import type { MediaDoneLetter } from './media/incoming-media.js';
import { WhatsAppConfig } from './profile.js';
import type { IncomingLetter } from './webhook-letters.js';

/** Letters of the queues: what they end belongs to this address as it was when they were set. */
type TimerLetter =
  | { readonly type: 'flush' }
  | { readonly type: 'stash_expired'; readonly request: string }
  | { readonly type: 'session_expired' }
  | { readonly type: 'still_held' }
  /** The person at this address asked that nothing of them be kept. */
  | { readonly type: 'erase_person' };

/** Letters about a client that anybody may tell under any address of theirs. */
export type ClientLetter =
  | IncomingLetter
  | DeliverLetter
  | LaneReport
  | ReportLetter
  | PreferenceLetter
  | OperatorLetter
  | { readonly type: 'cancel'; readonly delivery: string };

/** Letters that a conversation takes. */
export type ConversationLetter = ClientLetter | TimerLetter | MediaDoneLetter | IdentityLetter;

/**
 * One profile and one client: window, consent, stash, sessions, and where each message goes. Messages of a client are
 * handled one at a time in the order they were accepted. A client may have several addresses; at all but one this actor
 * only forwards.
 */
@injectable()
export class ConversationActor implements ActorKind<ConversationState, ConversationLetter> {
  readonly kind = 'conversation';
  readonly queue = 'whatsapp-conversations';
  readonly stateVersion = CONVERSATION_VERSION;
  readonly timerQueues = ['session-expiry', 'stash-flush', MEDIA_TIMEOUT_QUEUE];
  private readonly inbound: ConversationInbound;
  private readonly outbound: ConversationOutbound;
  private readonly reports: ConversationReports;
  private readonly keeper: IdentityKeeper;
  private readonly forgotten: ForgottenOptOuts;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(Keys) keys: Keys,
    @inject(Org) org: Org,
    @inject(RedisConnection) redis: RedisConnection,
    @inject(ContactBook) contacts: ContactBook,
    @inject(StubStore) stubs: StubStore,
    @inject(EventBus) events: EventBus,
    @inject(UnroutedInbox) inbox: UnroutedInbox,
    @inject(WhatsAppTemplates) templates: WhatsAppTemplates,
  ) {
    this.forgotten = new ForgottenOptOuts(keys, redis);
    const requests = new ConversationRequests(config, keys, org, templates);
    this.outbound = new ConversationOutbound(
      config,
      keys,
      stubs,
      new TemplateCategories(keys, redis, templates),
      requests,
    );
    this.reports = new ConversationReports(keys, redis, this.outbound, requests);
    const records = new ConversationRecords(keys, redis, contacts);
    const routing = new ConversationRouting(config, keys, org, records, events, inbox, this.outbound);
    this.inbound = new ConversationInbound(config, keys, this.outbound, routing);
    const identity = new ConversationIdentity(config, keys, redis, this.outbound);
    this.keeper = new IdentityKeeper(config, contacts, identity, this.outbound, requests, routing, (turn, letter) =>
      this.decide(turn, letter as Letter<ConversationLetter>),
    );
  }

  initial(): Conversation {
    return NEW_CONVERSATION;
  }

  migrate(record: unknown, version: number): ConversationState {
    return migrated(record, version);
  }

  async decide(stored: Turn<ConversationState>, told: Letter<ConversationLetter>): Promise<ConversationDecision> {
    const state = repairedState(clientOfId(stored.id), stored.state, forwardedOf(told.body)?.hops);
    const turn = { ...stored, state };
    const letter = asStored(told);
    const body = letter.body.type === 'incoming' ? repairedLetter(letter.body) : letter.body;
    if (body.type === 'deliver' && !isConfigured(this.config, turn.id))
      return { state, writes: this.outbound.failed(body.delivery, GONE, turn.nowMs) };
    switch (body.type) {
      case 'merge_into':
      case 'hand_over':
      case 'absorb':
      case 'user_id_changed':
      case 'number_taken':
        return this.keeper.learn(turn, { ...letter, body });
      // What these end went with the conversation, and was set again where it is now.
      case 'flush':
        return isMoved(state) ? { state } : this.outbound.flush({ ...turn, state });
      case 'stash_expired':
        return isMoved(state) ? { state } : this.reports.stashExpired({ ...turn, state }, body.request);
      case 'session_expired':
        return isMoved(state) ? { state } : { state: withoutExpired(state, turn.nowMs) };
      case 'still_held':
        return this.keeper.stillHeld(turn);
      case 'erase_person':
        return this.erased(turn);
      case 'media_done':
        return isMoved(state) ? { state } : this.inbound.mediaDone({ ...turn, state }, body);
      default:
        return this.keeper.placed(turn, { ...letter, body }, personOf(body), (here) =>
          this.handle({ ...turn, state: here }, { ...letter, body }),
        );
    }
  }

  private async deliver(turn: Turn<Conversation>, letter: DeliverLetter): Promise<ConversationDecision> {
    const { name, client } = partsOf(this.config, turn.id);
    const state = await this.forgotten.remembered(name, client, turn.state);
    return this.outbound.deliver({ ...turn, state }, letter, forwardedOf(letter)?.addressed ?? client);
  }

  /** Nothing stays of the person but their no. */
  private async erased({ id, state, nowMs }: Turn<ConversationState>): Promise<ConversationDecision> {
    if (isMoved(state)) return { state: NEW_CONVERSATION };
    const { name, client } = partsOf(this.config, id);
    const { writes } = this.outbound.drop(state, NOBODY, nowMs);
    const { optedOut, number, userId, aliases } = state;
    const theirs = [client, number, userId, ...aliases].filter((address) => address !== undefined);
    const kept = optedOut ? await this.forgotten.writes(name, [...new Set(theirs)], optedOut) : [];
    const tells = forgetFiles(state.waiting, { kind: this.kind, id }, name);
    return { state: NEW_CONVERSATION, writes: [...writes, ...kept], tells };
  }

  /** A letter that belongs here. */
  private handle(
    turn: Turn<Conversation>,
    letter: Letter<ClientLetter>,
  ): ConversationDecision | Promise<ConversationDecision> {
    const { body } = letter;
    switch (body.type) {
      case 'incoming': {
        if (isReplay(turn.state, body.message, letter.atMs)) return this.inbound.replayed(turn, { ...letter, body });
        return this.keeper.incoming(turn, { ...letter, body }, (state) =>
          this.inbound.incoming({ ...turn, state }, { ...letter, body }),
        );
      }
      case 'deliver':
        return this.deliver(turn, body);
      case 'preference':
        return this.inbound.preference(turn, body, letter.atMs);
      case 'operator':
        return byHand(turn, letter.id, body, this.outbound);
      case 'cancel':
        return this.outbound.cancel(turn, letter.id, body.delivery);
      default:
        return this.reports.take(turn, { ...letter, body });
    }
  }
}

/** What waited for a person who was erased. */
const NOBODY = {
  code: 'contact_erased',
  message: 'The person was erased on request while this message waited. Nothing was sent.',
};

/** Planned or sent again for a profile that was taken out of the configuration since. */
const GONE = {
  code: 'profile_unknown',
  message: 'The profile of this message is no longer configured, so there is no number to send it from.',
};

/** Whose a letter is, where it says so itself: a lane gives back what it was told. */
const personOf = (body: ClientLetter): string | undefined =>
  'ticket' in body ? personOfTicket(body.ticket) : undefined;
