import { type ConversationState, isMoved, NEW_CONVERSATION } from '../conversation/conversation.js';
import type { IncomingLetter } from '../webhook-letters.js';
import { isUserId } from './client-id.js';

/** More addresses than one person has. Few enough that a letter meets another user id before it may be sent on no more. */
const CIRCLE_HOPS = 25;

/**
 * The state of the address `me` as it can be worked with. Pure.
 *
 * An older program took the user id in `from` for a number. The conversation then had its own user id as its number, asked
 * itself for what it held, and moved to itself. And where notes of Meta's contradict each other, user ids may lead in a
 * circle: the one that a letter comes to after many `hops` keeps it.
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

/** A client's message without a user id for a number. Pure. */
export function repairedLetter(letter: IncomingLetter): IncomingLetter {
  const { from, ...rest } = letter;
  return from === undefined || !isUserId(from) ? letter : { userId: from, ...rest };
}
