import {
  type ContactBook,
  type ContactPoint,
  type Decision,
  type Delivery,
  type EventBus,
  encodeSegment,
  type Feedback,
  type JsonObject,
  type Keys,
  type Letter,
  type Org,
  type RedisConnection,
  type StubLetter,
  type Tell,
  type Turn,
  type UnroutedInbox,
  type Write,
} from '../../core/index.js';
import { consentOf } from './conversation/consent.js';
import { type Conversation, DEFAULT_FEEDBACK_ACTION } from './conversation/conversation.js';
import { hold } from './conversation/stubsession.js';
import { openedBy } from './conversation/window.js';
import type { ConversationOutbound } from './conversation-outbound.js';
import { incomingData, isAside, isOfMeta, quotedIdOf, textOf } from './incoming-message.js';
import { PLUGIN, type WhatsAppConfig } from './profile.js';
import { type RoutingDecision, route } from './routing/route.js';
import type { IncomingLetter } from './webhook-letters.js';

/** Routing traces kept for each conversation. */
const TRACES_KEPT = 50;

type IncomingTurn = Turn<Conversation>;

/** The conversation's side of receiving: consent first, then the routing rules, then the event. */
export class ConversationInbound {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly org: Org,
    private readonly redis: RedisConnection,
    private readonly contacts: ContactBook,
    private readonly events: EventBus,
    private readonly inbox: UnroutedInbox,
    private readonly outbound: ConversationOutbound,
  ) {}

  async incoming(turn: IncomingTurn, letter: Letter<IncomingLetter>): Promise<Decision<Conversation>> {
    const { body, atMs } = letter;
    const known = openedBy(identified(turn.state, body), body.message, atMs);
    const seen: Write = ['ZADD', this.keys.conversations(), turn.nowMs, turn.id];
    const consent = consentOf(body.message);
    if (consent === 'reject') {
      const dropped = this.outbound.drop(
        known,
        { code: 'interaction_rejected', message: 'The client rejected the interaction request.' },
        turn.nowMs,
      );
      const trace = this.traceWrites(turn.id, letter, {
        rule: 'interaction request',
        to: 'rejected: the stash was dropped',
      });
      return { state: { ...dropped.state, rejectedAtMs: atMs }, writes: [seen, ...dropped.writes, ...trace] };
    }
    const { rejectedAtMs: _, ...willing } = known; // whatever else the client writes ends a rejection
    const released = isOfMeta(body.message)
      ? { state: known, timers: [] }
      : this.outbound.release(turn.id, willing, turn.nowMs);
    if (consent === 'allow') {
      const trace = this.traceWrites(turn.id, letter, { rule: 'interaction request', to: 'allowed' });
      return { state: released.state, timers: released.timers, writes: [seen, ...trace] };
    }
    const routed = await this.route(turn, letter, released.state);
    return {
      ...routed,
      timers: [...released.timers, ...(routed.timers ?? [])],
      writes: [seen, ...(routed.writes ?? [])],
    };
  }

  private async route(
    turn: IncomingTurn,
    letter: Letter<IncomingLetter>,
    state: Conversation,
  ): Promise<Decision<Conversation>> {
    const { body, atMs } = letter;
    const { name: profile, commands } = this.profileOf(turn.id);
    const [contactuuid, quoted] = await Promise.all([this.contactOf(body), this.quotedDelivery(body.message)]);
    const specificReplyUuid = specificReplyOf(quoted);
    const decision = route({
      profile,
      conversation: state,
      text: textOf(body.message),
      isText: body.message['type'] === 'text',
      isAside: isAside(body.message),
      storedAtMs: atMs,
      from: encodeSegment(body.from ?? body.userId ?? ''),
      commands,
      ...(specificReplyUuid !== undefined && { specificReplyUuid }),
    });
    const data = incomingData(body, profile, this.org.orguuid, atMs);
    const feedback: Feedback = { incoming: data, ...(contactuuid !== undefined && { contactuuid }) };
    return this.carryOut(turn, letter, state, decision, feedback);
  }

  private carryOut(
    turn: IncomingTurn,
    letter: Letter<IncomingLetter>,
    state: Conversation,
    decision: RoutingDecision,
    feedback: Feedback,
  ): Decision<Conversation> {
    const { rule, routed, passed } = decision;
    const { event, stub } = routed;
    if (!event)
      return { state, writes: this.traceWrites(turn.id, letter, { rule, to: 'nobody: recorded only', passed }) };
    const client = clientOf(letter.body);
    const id = `${turn.id}:${letter.id}`;
    const { contactuuid } = feedback;
    const data: JsonObject = {
      ...feedback.incoming,
      rule,
      ...(contactuuid && { contactuuid }),
      ...event.data,
      attachments: [],
    };
    const { paths, mechanism } = event;
    const emission = this.events.emission({ id, paths, mechanism, data, feedback, client }, turn.id, turn.nowMs);
    const tells: Tell[] = [...emission.tells];
    const writes: Write[] = [...emission.writes];
    if (stub) {
      const body: StubLetter = { type: 'feedback', action: stub.feedbackAction, feedback, client };
      tells.push({ to: { kind: 'stub', id: stub.stubref }, id, body });
    }
    const unhandled = !stub && emission.handlers.length === 0;
    if (unhandled) {
      const item = { action: DEFAULT_FEEDBACK_ACTION, feedback, client };
      const reason = reasonOf(rule);
      writes.push(...this.inbox.writes({ id, atMs: letter.atMs, reason, path: paths[0]!, data, feedback: item }));
    }
    const handlers = emission.handlers.map(({ name }) => `registration ${name}`).join(', ');
    const to = stub?.stubref ?? emission.made?.stubref ?? (unhandled ? 'unrouted inbox' : handlers);
    writes.push(...this.traceWrites(turn.id, letter, { rule, to, passed }));
    const after = routed.usesUpNextreply ? withoutNextreply(state) : state;
    const hours = emission.made?.stubsessionHours;
    if (!hours) return { state: after, tells, writes };
    // The stub that this message makes gets the client's next ones too, from this very turn on.
    const session = hold(emission.made.stubref, turn.nowMs + hours * 3_600_000);
    const timers = [this.outbound.sessionTimer(turn.id, session.untilMs, letter.id)];
    return { state: { ...after, session, sessionSeq: after.seq }, tells, writes, timers };
  }

  private async contactOf({ from, userId }: IncomingLetter): Promise<string | undefined> {
    const byNumber = from === undefined ? undefined : await this.contacts.idOfPoint('mobile', from);
    return byNumber ?? (userId === undefined ? undefined : this.contacts.idOfPoint('whatsapp_user', userId));
  }

  private async quotedDelivery(message: JsonObject): Promise<Delivery | undefined> {
    const quotedId = quotedIdOf(message);
    if (quotedId === undefined) return undefined;
    const delivery = await this.redis.client.get(this.keys.providerMessage(PLUGIN, quotedId));
    const doc = delivery === null ? null : await this.redis.client.hget(this.keys.delivery(delivery), 'doc');
    return doc === null ? undefined : (JSON.parse(doc) as Delivery);
  }

  private traceWrites(id: string, { id: letter, atMs, body }: Letter<IncomingLetter>, decision: object): Write[] {
    const trace = {
      message_id: letter.slice('in:'.length),
      type: body.message['type'],
      stored_at: new Date(atMs).toISOString(),
      ...decision,
    };
    return [
      ['RPUSH', this.keys.routingTrace(id), JSON.stringify(trace)],
      ['LTRIM', this.keys.routingTrace(id), -TRACES_KEPT, -1],
    ];
  }

  private profileOf(id: string): { readonly name: string; readonly commands: readonly string[] } {
    const name = id.slice(0, id.indexOf(':'));
    const commands = this.config.profiles[name]?.commands;
    return {
      name,
      commands: commands?.enabled ? Object.keys(commands.list).map((command) => command.toLowerCase()) : [],
    };
  }
}

const identified = (conversation: Conversation, { name, from, userId }: IncomingLetter): Conversation => ({
  ...conversation,
  ...(name !== '' && { name }),
  ...(from !== undefined && { number: from }),
  ...(userId !== undefined && { userId }),
});

function clientOf({ from, userId, name }: IncomingLetter): ContactPoint & { readonly name: string } {
  const point: ContactPoint =
    from === undefined ? { type: 'whatsapp_user', contact: userId! } : { type: 'mobile', contact: from };
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

const reasonOf = (rule: string): string =>
  rule === 'command'
    ? 'No registration takes this command.'
    : 'No stub waits for this client and no registration takes the message.';
