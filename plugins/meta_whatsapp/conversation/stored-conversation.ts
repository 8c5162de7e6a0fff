import { type Conversation, type ConversationState, NEW_CONVERSATION, type PendingRequest } from './conversation.js';

export const CONVERSATION_VERSION = 2;

/** The first form: one request, places counted from 1, and no address ever moved. */
type First = Omit<Conversation, 'requests'> & { readonly request?: PendingRequest };

/** Reads what an older program stored. The user id is learnt anew with the next message, so that its own address learns of it too. */
export function migrated(record: unknown, version: number): ConversationState {
  if (version !== 1)
    throw new Error(
      `A stored conversation has version ${version}; this program reads 1 to ${CONVERSATION_VERSION}. Run the program that wrote it.`,
    );
  const { request, userId: _, ...rest } = record as First;
  return { ...NEW_CONVERSATION, ...rest, requests: request ? [request] : [] };
}
