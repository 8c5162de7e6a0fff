import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Timer, Turn, Write } from '../contract/actor-kind.js';
import { Keys } from '../redis/keys.js';
import { EventBus, type EventLetter, HEIMDALL } from './event-bus.js';
import { CLOCK_QUEUE, type ClockLetter, type ClockState, EventClock } from './event-clock.js';
import type { EventAnswer } from './heimdall-event.js';
import type { Rotation } from './rotation.js';

/** How long the answers of an event can be asked for, ms. */
const ANSWERS_KEPT_MS = 3_600_000;
/** Whose turn it was is forgotten when no event has come for so long, ms. */
const TURN_KEPT_MS = 8 * 86_400_000;

type HeimdallState = ClockState | Rotation | null;
type HeimdallLetter = EventLetter | ClockLetter | { readonly type: 'forget_turn' };
type HeimdallDecision = Decision<HeimdallState>;

/**
 * Events that no other actor emits, in one actor so that they keep their order; further handlers of events that very many take; whose turn
 * it is, one actor for each pattern with `rra`; and the clock, which is one actor for the whole program.
 */
@injectable()
export class HeimdallActor implements ActorKind<HeimdallState, HeimdallLetter> {
  readonly kind = HEIMDALL;
  readonly queue = 'heimdall';
  readonly stateVersion = 1;
  readonly lettersPerTurn = 30;
  readonly timerQueues = [CLOCK_QUEUE];

  constructor(
    @inject(EventBus) private readonly bus: EventBus,
    @inject(EventClock) private readonly clock: EventClock,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  initial(): null {
    return null;
  }

  async decide(turn: Turn<HeimdallState>, { body }: Letter<HeimdallLetter>): Promise<HeimdallDecision> {
    const { id, nowMs } = turn;
    switch (body.type) {
      case 'emit': {
        const { writes, tells, answers } = await this.bus.emission(body.event, turn);
        const kept = body.collect ? [this.answersWrite(body.event.id, answers)] : [];
        return { state: null, writes: [...writes, ...kept], tells };
      }
      case 'hand_on': {
        const { writes, tells } = await this.bus.handOn(body.event, body.uuids, { ...turn, id: sourceOf(id) });
        return { state: null, writes, tells };
      }
      case 'in_turn': {
        const state = turn.state as Rotation | null;
        const taken = await this.bus.takeTurn(body.event, state, turn);
        if (!taken) return { state };
        const { rotation, writes, tells } = taken;
        return { state: rotation, writes, tells, timers: state ? [] : [forgetting(id, rotation)] };
      }
      case 'forget_turn': {
        const state = turn.state as Rotation | null;
        if (!state || state.usedAtMs <= nowMs - TURN_KEPT_MS) return { state: null };
        return { state, timers: [forgetting(id, state)] };
      }
      case 'begin':
        return this.clock.decide(turn as Turn<ClockState | null>, body.sinceMs);
      case 'minute':
        return this.clock.decide(turn as Turn<ClockState | null>);
    }
  }

  private answersWrite(event: string, answers: readonly EventAnswer[]): Write {
    return ['SET', this.keys.eventAnswers(event), JSON.stringify(answers), 'PX', ANSWERS_KEPT_MS];
  }
}

/** A `hand_on` may need another one, to the same actor. */
const sourceOf = (id: string): string => id.replace(/^from /, '');

function forgetting(id: string, { usedAtMs }: Rotation): Timer {
  const tell = { to: { kind: HEIMDALL, id }, id: `forget:${usedAtMs}`, body: { type: 'forget_turn' } };
  return { queue: CLOCK_QUEUE, id: `${id}:${usedAtMs}`, atMs: usedAtMs + TURN_KEPT_MS + 1, tell };
}
