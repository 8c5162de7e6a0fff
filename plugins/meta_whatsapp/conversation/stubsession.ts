import type { Conversation, Hold, StashedMessage } from './conversation.js';
import { DEFAULT_FEEDBACK_ACTION } from './conversation.js';

/**
 * The conversation after a message with session changes left for Meta. The clock starts now. What a later message
 * changed already stays.
 */
export function leftWith(
  conversation: Conversation,
  { seq, stubref, changes }: StashedMessage,
  nowMs: number,
): Conversation {
  if (!changes) return conversation;
  const {
    set_new_with_timeout_hours: hours,
    set_nextreply_with_timeout_minutes: minutes,
    cancel_current_existing_stubsession: cancel,
  } = changes;
  let after = conversation;
  const sessionStub = changes.set_stubsession_stubref ?? stubref;
  if ((cancel || hours) && seq > after.sessionSeq) {
    const { session: _, ...rest } = after;
    after = {
      ...rest,
      sessionSeq: seq,
      sessionSetAtMs: nowMs,
      ...(hours && sessionStub && { session: hold(sessionStub, nowMs + hours * 3_600_000) }),
    };
  }
  if (minutes && stubref && seq > after.nextreplySeq) {
    after = {
      ...after,
      nextreplySeq: seq,
      nextreplySetAtMs: nowMs,
      nextreply: hold(stubref, nowMs + minutes * 60_000),
    };
  }
  return after;
}

export const hold = (stubref: string, untilMs: number, feedbackAction = DEFAULT_FEEDBACK_ACTION): Hold => ({
  stubref,
  untilMs,
  feedbackAction,
});

export const isOpen = (held: Hold | undefined, atMs: number): held is Hold => held !== undefined && atMs < held.untilMs;

/** Without what has run out by now. */
export function withoutExpired(conversation: Conversation, nowMs: number): Conversation {
  const { session, nextreply, ...rest } = conversation;
  const keepSession = isOpen(session, nowMs);
  const keepNextreply = isOpen(nextreply, nowMs);
  if (keepSession === (session !== undefined) && keepNextreply === (nextreply !== undefined)) return conversation;
  return { ...rest, ...(keepSession && { session }), ...(keepNextreply && { nextreply }) };
}
