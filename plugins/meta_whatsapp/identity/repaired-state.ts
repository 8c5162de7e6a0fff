import { type ConversationState, isMoved, NEW_CONVERSATION } from '../conversation/conversation.js';
import type { IncomingLetter } from '../webhook-letters.js';
import { isUserId } from './client-id.js';

/*
 * An older program took the user id in `from` for a number. The conversation then had its own user id as its number, asked
 * itself for what it held, and moved to itself. Such records and letters may still be stored.
 */

/** The state of the address `me`, without a user id for a number and without a move to itself. Pure. */
export function repairedState(me: string, state: ConversationState): ConversationState {
  if (isMoved(state)) {
    if (state.movedTo !== me) return state;
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
