import { type Conversation, type ConversationState, isMoved } from '../conversation/conversation.js';
import { isUserId } from './client-id.js';
import type { IdentityNote } from './identity-changes.js';

/** Limit of a person's former ids that are passed on. An answer to an older id is no longer recognised. */
const IDS_KEPT = 50;

/** The known user ids of the person at an address. */
export function idsOf(state: ConversationState, more: readonly string[]): readonly string[] {
  const known = isMoved(state) ? state.ids : state.aliases.filter(isUserId);
  return [...new Set([...more, ...known])].slice(0, IDS_KEPT);
}

/** A person's ids, the current one first. */
export const named = (current: string, ids: readonly string[]): readonly string[] => [...new Set([current, ...ids])];

/**
 * Whom a note of Meta's is about, where that is not who has the number now: it may come after the number went to somebody
 * else. A note that names the owner of now, as old or as new, is about them. `userId`: the id that the note's person had.
 */
export function subjectOf(
  state: ConversationState,
  userId: string | undefined,
  note: IdentityNote | undefined,
): string | undefined {
  if (isMoved(state)) return userId;
  if (state.userId === undefined || userId === undefined) return undefined;
  const ids = note?.kind === 'user id' ? [note.previous, note.current] : [note?.userId];
  return ids.includes(state.userId) ? undefined : userId;
}

/**
 * The ids of the person who has another number now, the one in force first; none where no id is known. `before`: the id
 * that the note names as theirs, `now`: their new one. Ids of somebody else at whose conversation the note ended do not count.
 */
export function idsAtNewNumber(
  { userId, aliases }: Conversation,
  before: string | undefined,
  now: string | undefined,
): readonly string[] {
  const isTheirs = before === undefined || userId === now || userId === before || aliases.includes(before);
  const known = (isTheirs ? userId : undefined) ?? before;
  if (known === undefined) return [];
  // A note may come after a newer user id of the person was seen; then it says nothing about that one.
  const isNew = now !== undefined && now !== known && !(isTheirs && aliases.includes(now));
  return isNew ? [now, known] : [known];
}
