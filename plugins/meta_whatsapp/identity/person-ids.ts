import { type ConversationState, isMoved } from '../conversation/conversation.js';
import { isUserId } from './client-id.js';

/** Limit of a person's former ids that are passed on. An answer to an older id is no longer recognised. */
const IDS_KEPT = 50;

/** The known user ids of the person at an address. */
export function idsOf(state: ConversationState, more: readonly string[]): readonly string[] {
  const known = isMoved(state) ? state.ids : state.aliases.filter(isUserId);
  return [...new Set([...more, ...known])].slice(0, IDS_KEPT);
}

/** A person's ids, the current one first. */
export const named = (current: string, ids: readonly string[]): readonly string[] => [...new Set([current, ...ids])];
