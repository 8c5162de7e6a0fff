import type { Decision } from '../../../core/index.js';
import type { ConversationState } from './conversation.js';

export type ConversationDecision = Decision<ConversationState>;

/** Two decisions of one turn as one; the later one's state holds. */
export const joined = (first: ConversationDecision, later: ConversationDecision): ConversationDecision => ({
  state: later.state,
  writes: [...(first.writes ?? []), ...(later.writes ?? [])],
  tells: [...(first.tells ?? []), ...(later.tells ?? [])],
  timers: [...(first.timers ?? []), ...(later.timers ?? [])],
});
