import type { Turn } from '../../core/index.js';
import { type Conversation, nextSeq } from './conversation/conversation.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { hold } from './conversation/stubsession.js';
import type { ConversationOutbound } from './conversation-outbound.js';

/** What an operator (or a task of a stub) does to a conversation by hand. */
export type OperatorLetter = { readonly type: 'operator' } & (
  | ({ readonly verb: 'set_session'; readonly stubref: string; readonly feedbackAction: string } & (
      | { readonly hours: number }
      | { readonly untilMs: number }
    ))
  | { readonly verb: 'end_session' | 'release_stash' | 'drop_stash' | 'lift_rejection' | 'lift_opt_out' }
);

const HOUR_MS = 3_600_000;

export function byHand(
  { id, state, nowMs }: Turn<Conversation>,
  letterId: string,
  letter: OperatorLetter,
  outbound: ConversationOutbound,
): ConversationDecision {
  const seq = nextSeq(state, nowMs);
  const setNow = { seq, sessionSeq: seq, sessionSetAtMs: nowMs };
  switch (letter.verb) {
    case 'set_session': {
      const untilMs = 'untilMs' in letter ? letter.untilMs : nowMs + letter.hours * HOUR_MS;
      const session = hold(letter.stubref, untilMs, letter.feedbackAction);
      return {
        state: { ...state, ...setNow, session },
        timers: [outbound.sessionTimer(id, session.untilMs, letterId)],
      };
    }
    case 'end_session': {
      const { session: _, ...rest } = state;
      return { state: { ...rest, ...setNow } };
    }
    case 'release_stash':
      return outbound.release(id, state, nowMs);
    case 'drop_stash':
      return outbound.drop(
        state,
        { code: 'stash_dropped', message: 'An operator dropped what waited for the client’s consent.' },
        nowMs,
      );
    case 'lift_rejection': {
      const { rejectedAtMs: _, ...rest } = state;
      return { state: { ...rest, answeredAtMs: Math.max(nowMs, state.answeredAtMs) } };
    }
    case 'lift_opt_out': {
      const { optedOut: _, ...rest } = state;
      return { state: { ...rest, optedInAtMs: Math.max(nowMs, state.optedInAtMs) } };
    }
  }
}
