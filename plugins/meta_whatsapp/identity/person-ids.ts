import { type ConversationState, isMoved } from '../conversation/conversation.js';
import { isUserId } from './client-id.js';

/** Former ids of one person that are told on. An answer that has come by more of them is not known as theirs any more. */
const IDS_KEPT = 50;

/** What the person of a user id's address was called, as far as it is known there. */
export function idsOf(state: ConversationState, more: readonly string[]): readonly string[] {
  const known = isMoved(state) ? state.ids : state.aliases.filter(isUserId);
  return [...new Set([...more, ...known])].slice(0, IDS_KEPT);
}

/** Ids of a person with the one in force first. */
export const named = (current: string, ids: readonly string[]): readonly string[] => [...new Set([current, ...ids])];
