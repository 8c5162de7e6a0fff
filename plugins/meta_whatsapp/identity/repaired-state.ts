import { type ConversationState, isMoved, NEW_CONVERSATION } from '../conversation/conversation.js';
import type { IncomingLetter } from '../webhook-letters.js';
import { isUserId } from './client-id.js';

/** More addresses than one person has, but below the limit of forwarding. */
const CIRCLE_HOPS = 25;

/**
 * Repairs the state of the address `me`. Pure.
 *
 * An older version took the user id in `from` for a number. The conversation then had its own user id as its number, asked
 * itself for its held messages, and moved to itself. Contradictory notices of Meta may also make user ids forward in a circle:
 * the address that a letter reaches after many `hops` keeps the conversation.
 */
export function repairedState(me: string, state: ConversationState, hops = 0): ConversationState {
  if (isMoved(state)) {
    const leadsNowhere = state.movedTo === me || (hops >= CIRCLE_HOPS && isUserId(me));
    if (!leadsNowhere) return state;
    return { ...NEW_CONVERSATION, ...(isUserId(me) ? { userId: me, aliases: state.ids } : { number: me }) };
  }
  const { number, ...rest } = state;
  if (number === undefined || !isUserId(number)) return state;
  return isUserId(me) ? { ...rest, userId: me } : rest;
}

/** Removes a user id that an older version stored as the number of a client's message. Pure. */
export function repairedLetter(letter: IncomingLetter): IncomingLetter {
  const { from, ...rest } = letter;
  return from === undefined || !isUserId(from) ? letter : { userId: from, ...rest };
}
