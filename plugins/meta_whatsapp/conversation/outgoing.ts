import type { Problem } from '../../../core/index.js';
import type { SessionChanges } from '../settings.js';
import { rejectionInForce } from './consent.js';
import { type Conversation, nextSeq, type StashedMessage } from './conversation.js';
import { refusalOf } from './opt-out.js';
import { windowOpen } from './window.js';

/** What the profile allows. Times in ms. */
export interface StashLimits {
  readonly messages: number;
  readonly keepMs: number;
  readonly askAgainMs: number;
}

export interface OutgoingMessage {
  readonly delivery: string;
  readonly needsNoWindow: boolean;
  readonly round: number;
  /** The address that was asked for: a number or a user id. */
  readonly to: string;
  readonly stubref?: string;
  readonly changes?: SessionChanges;
  /** Meta's category of the WhatsApp template, where it is one and known. */
  readonly templateCategory?: string;
}

/** What becomes of a message on its way out. Every message has a place in the order of acceptance. */
export type Outgoing =
  | { readonly to: 'lane'; readonly conversation: Conversation; readonly message: StashedMessage }
  | { readonly to: 'stash'; readonly conversation: Conversation; readonly ask: boolean }
  | { readonly to: 'nobody'; readonly conversation: Conversation; readonly problem: Problem };

const REJECTED: Problem = {
  code: 'interaction_rejected',
  message:
    'The client rejected the last interaction request. They are asked again when they write, or when ask_again_after_hours has passed.',
};

export function acceptOutgoing(
  before: Conversation,
  outgoing: OutgoingMessage,
  limits: StashLimits,
  nowMs: number,
): Outgoing {
  const { delivery, needsNoWindow, round, to, stubref, changes } = outgoing;
  const conversation = { ...before, seq: nextSeq(before, nowMs) };
  const refusal = refusalOf(conversation, outgoing.templateCategory);
  if (refusal) return { to: 'nobody', conversation, problem: refusal };
  const message = {
    delivery,
    seq: conversation.seq,
    round,
    to,
    ...(stubref && { stubref }),
    ...(changes && { changes }),
  };
  if (needsNoWindow) return { to: 'lane', conversation, message };
  if (rejectionInForce(conversation, limits.askAgainMs, nowMs))
    return { to: 'nobody', conversation, problem: REJECTED };
  // Where it is time to ask again they are asked, though the window that the tap on Reject opened may still be open.
  const isWilling = windowOpen(conversation, nowMs) && conversation.rejectedAtMs === undefined;
  const mustWait = !isWilling || conversation.releasing || conversation.stash.length > 0;
  return mustWait ? putInStash(conversation, message, limits) : { to: 'lane', conversation, message };
}

/** Meta says that the window is closed though the clock said open: the message goes back to its place in the order. */
export function takeBack(
  conversation: Conversation,
  message: StashedMessage,
  limits: StashLimits,
  nowMs: number,
): Outgoing {
  const refusal = refusalOf(conversation, undefined);
  if (refusal) return { to: 'nobody', conversation, problem: refusal };
  if (rejectionInForce(conversation, limits.askAgainMs, nowMs))
    return { to: 'nobody', conversation, problem: REJECTED };
  // Where consent came meanwhile, Meta's answer is older than the client's message that opened the window again.
  const closed = conversation.releasing ? conversation : { ...conversation, windowUntilMs: 0 };
  const stash = [...closed.stash, { ...message, round: message.round + 1 }].sort((a, b) => a.seq - b.seq);
  return { to: 'stash', conversation: { ...closed, stash }, ask: closed.requests.length === 0 && !closed.releasing };
}

function putInStash(conversation: Conversation, message: StashedMessage, { messages }: StashLimits): Outgoing {
  if (conversation.stash.length >= messages) {
    const text = `${messages} messages of this conversation already wait for the client’s consent. Wait for the answer, or raise interaction_request.stash_limit of the profile.`;
    return { to: 'nobody', conversation, problem: { code: 'stash_full', message: text } };
  }
  const stashed = { ...conversation, stash: [...conversation.stash, message] };
  return { to: 'stash', conversation: stashed, ask: stashed.requests.length === 0 && !stashed.releasing };
}
