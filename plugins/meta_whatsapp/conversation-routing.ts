import {
  type ContactPoint,
  type Delivery,
  type EventBus,
  encodeSegment,
  type Feedback,
  type JsonObject,
  type Keys,
  type Letter,
  type Org,
  type StubLetter,
  type Tell,
  type Turn,
  type UnroutedInbox,
  type Write,
} from '../../core/index.js';
import {
  type Conversation,
  DEFAULT_FEEDBACK_ACTION,
  nextSeq,
  type RoutedMessage,
} from './conversation/conversation.js';
import { partsOf } from './conversation/conversation-id.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { hold } from './conversation/stubsession.js';
import { mediaErrorData, type ReadyMessage } from './conversation/waiting-messages.js';
import type { ConversationOutbound } from './conversation-outbound.js';
import type { ConversationRecords } from './conversation-records.js';
import { incomingData, isAside } from './incoming-message.js';
import { textOf } from './message-text.js';
import type { WhatsAppConfig } from './profile.js';
import { type RoutingDecision, route } from './routing/route.js';
import { textIn } from './webhook-json.js';
import type { IncomingLetter } from './webhook-letters.js';

/** Routing traces kept for each conversation. */
const TRACES_KEPT = 50;

type RoutingTurn = Turn<Conversation>;
type Client = ContactPoint & { readonly name: string };

/** A client's message on its way to a stub, an event, or the inbox: the rules decide, this gathers what they ask and carries it out. */
export class ConversationRouting {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly org: Org,
    private readonly records: ConversationRecords,
    private readonly events: EventBus,
    private readonly inbox: UnroutedInbox,
    private readonly outbound: ConversationOutbound,
  ) {}

  async route(turn: RoutingTurn, ready: ReadyMessage): Promise<ConversationDecision> {
    const { letter, attachments } = ready;
    const { body, atMs } = letter;
    const { name: profile, profile: settings } = partsOf(this.config, turn.id);
    const { commands } = settings;
    const { session, sessionSetAtMs, nextreply } = turn.state;
    // A session set in this very turn may be on a stub that is made by its commit.
    const older = sessionSetAtMs < turn.nowMs ? session?.stubref : undefined;
    const [contactuuid, quoted, referred, unheld] = await Promise.all([
      this.records.contactOf(body, turn.state),
      this.records.quoted(body.message, turn.nowMs),
      this.records.referred(profile, body.message, routedIn(turn), turn.nowMs),
      this.records.unknownStubs([older, nextreply?.stubref]),
    ]);
    const unknownStubs = new Set([...unheld, ...(await this.records.unknownStubs([referred?.stubref]))]);
    const specificReplyUuid = specificReplyOf(quoted);
    const decision = route({
      profile,
      conversation: turn.state,
      text: textOf(body.message),
      isText: body.message['type'] === 'text',
      isAside: isAside(body.message),
      storedAtMs: atMs,
      takenAtMs: body.takenAtMs ?? turn.nowMs,
      from: encodeSegment(body.from ?? body.userId ?? ''),
      commands: commands.enabled ? Object.keys(commands.list).map((command) => command.toLowerCase()) : [],
      unknownStubs,
      ...(specificReplyUuid !== undefined && { specificReplyUuid }),
      ...(referred && { referred }),
    });
    const incoming = incomingData(body, profile, this.org.orguuid, atMs, referred?.text);
    const { rule, passed } = decision;
    const feedback: Feedback = {
      incoming: { ...incoming, ...mediaErrorData(ready) },
      attachments,
      trace: { rule, passed: passed as unknown as JsonObject[] },
      ...(contactuuid !== undefined && { contactuuid }),
    };
    const state = withoutUnknown(turn.state, unknownStubs);
    return this.carryOut({ ...turn, state }, letter, decision, feedback);
  }

  /** "Why did it land here": the newest traces of a conversation are kept with it. */
  traceWrites(id: string, { atMs, body }: Letter<IncomingLetter>, decision: object): Write[] {
    const trace = {
      message_id: body.message['id'],
      type: body.message['type'],
      stored_at: new Date(atMs).toISOString(),
      ...decision,
    };
    return this.traces(id, [JSON.stringify(trace)]);
  }

  /** `traces` as stored, oldest first. */
  traces(id: string, traces: readonly string[]): Write[] {
    if (traces.length === 0) return [];
    return [
      ['RPUSH', this.keys.routingTrace(id), ...traces],
      ['LTRIM', this.keys.routingTrace(id), -TRACES_KEPT, -1],
    ];
  }

  private async carryOut(
    turn: RoutingTurn,
    letter: Letter<IncomingLetter>,
    decision: RoutingDecision,
    feedback: Feedback,
  ): Promise<ConversationDecision> {
    const { state } = turn;
    const { rule, routed, passed } = decision;
    const { event, stub } = routed;
    const client = clientOf(letter.body, state);
    const id = `${turn.id}:${letter.id}`;
    const tells: Tell[] = stub ? [stubTell(id, stub, feedback, client)] : [];
    const { name: profile } = partsOf(this.config, turn.id);
    const { message } = letter.body;
    if (!event) {
      const to = stub?.stubref ?? 'nobody: recorded only';
      const trace = this.traceWrites(turn.id, letter, { rule, to, passed });
      if (!stub) return { state, writes: trace };
      // An edit has an id of its own, and the next one may name it.
      const index = this.records.routedWrite(profile, message, stub.stubref, turn.nowMs);
      return { state: routedTo(turn, message, stub.stubref), tells, writes: [...index, ...trace] };
    }
    const { paths, mechanism } = event;
    const data = eventData(rule, feedback, event.data);
    const emitted = { id, paths, mechanism, data, feedback, client };
    const emission = await this.events.emission(emitted, turn);
    tells.push(...emission.tells);
    const writes: Write[] = [...emission.writes];
    const unhandled = !stub && (emission.handlers.length === 0 || emission.problem !== undefined);
    if (unhandled) {
      const item = { action: DEFAULT_FEEDBACK_ACTION, feedback, client };
      const reason = emission.problem?.message ?? reasonOf(rule);
      writes.push(...this.inbox.writes({ id, atMs: letter.atMs, reason, path: paths[0]!, data, feedback: item }));
    }
    const gets = stub?.stubref ?? emission.made?.stubref;
    if (gets !== undefined) writes.push(...this.records.routedWrite(profile, message, gets, turn.nowMs));
    const handlers = emission.handlers.map(({ name }) => `registration ${name}`).join(', ');
    const to = gets ?? (unhandled ? 'unrouted inbox' : handlers);
    writes.push(...this.traceWrites(turn.id, letter, { rule, to, passed }));
    const noted = gets === undefined ? state : routedTo(turn, message, gets);
    const after = routed.usesUpNextreply ? withoutNextreply(noted) : noted;
    const hours = emission.made?.stubsessionHours;
    if (!hours) return { state: after, tells, writes };
    // The stub that this message makes gets the client's next ones too, from this very turn on.
    const session = hold(emission.made.stubref, turn.nowMs + hours * 3_600_000);
    const seq = nextSeq(after, turn.nowMs);
    return {
      state: { ...after, session, seq, sessionSeq: seq, sessionSetAtMs: turn.nowMs },
      tells,
      writes,
      timers: [this.outbound.sessionTimer(turn.id, session.untilMs, letter.id)],
    };
  }
}

/** What of the client's was routed to a stub in this turn. */
const routedIn = ({ state: { routedNow }, nowMs }: RoutingTurn): readonly RoutedMessage[] =>
  routedNow?.atMs === nowMs ? routedNow.messages : [];

/** As many as one turn may take from those that waited for a file or for the client's identity. */
const ROUTED_KEPT = 300;

function routedTo(turn: RoutingTurn, message: JsonObject, stubref: string): Conversation {
  const { state, nowMs } = turn;
  const id = textIn(message['id']);
  if (id === undefined) return state;
  const messages = [...routedIn(turn), { id, stubref }].slice(-ROUTED_KEPT);
  return { ...state, routedNow: { atMs: nowMs, messages } };
}

function stubTell(
  id: string,
  { stubref, feedbackAction }: { readonly stubref: string; readonly feedbackAction?: string },
  feedback: Feedback,
  client: Client,
): Tell {
  const body: StubLetter = {
    type: 'feedback',
    action: feedbackAction ?? DEFAULT_FEEDBACK_ACTION,
    otherwise: DEFAULT_FEEDBACK_ACTION,
    feedback,
    client,
  };
  return { to: { kind: 'stub', id: stubref }, id, body };
}

const eventData = (rule: string, feedback: Feedback, more: JsonObject | undefined): JsonObject => ({
  ...feedback.incoming,
  rule,
  ...(feedback.contactuuid && { contactuuid: feedback.contactuuid }),
  ...more,
  attachments: (feedback.attachments ?? []) as unknown as JsonObject[],
});

/** Who wrote, for the stub that their message makes: by number where it is known. */
function clientOf({ from, userId, name }: IncomingLetter, { number }: Conversation): Client {
  const mobile = from ?? number;
  const point: ContactPoint =
    mobile === undefined ? { type: 'whatsapp_user', contact: userId! } : { type: 'mobile', contact: mobile };
  return { ...point, name: name || point.contact };
}

function specificReplyOf(quoted: Delivery | undefined): string | undefined {
  const uuid = (quoted?.options['stubsession'] as JsonObject | undefined)?.['specificreply_uuid'];
  return typeof uuid === 'string' ? uuid : undefined;
}

function withoutNextreply(conversation: Conversation): Conversation {
  const { nextreply: _, ...rest } = conversation;
  return rest;
}

/** A session on a stub that is not there is deleted. */
function withoutUnknown(conversation: Conversation, unknown: ReadonlySet<string>): Conversation {
  const { session, nextreply, ...rest } = conversation;
  if (!(session && unknown.has(session.stubref)) && !(nextreply && unknown.has(nextreply.stubref))) return conversation;
  return {
    ...rest,
    ...(session && !unknown.has(session.stubref) && { session }),
    ...(nextreply && !unknown.has(nextreply.stubref) && { nextreply }),
  };
}

const reasonOf = (rule: string): string =>
  rule === 'command'
    ? 'No registration takes this command.'
    : 'No stub waits for this client and no registration takes the message.';
