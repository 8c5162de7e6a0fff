import type { NewWebhook } from '../chat/chat-store.js';
import type { StatusError } from '../graph/graph-error.js';
import { type StatusFacts, statusWebhook } from './webhook-body.js';

/** The statuses of a message on its way: `sent` and `delivered`, or `failed` alone. */
export function statusesOfSend(facts: StatusFacts, error: StatusError | undefined): readonly NewWebhook[] {
  if (error) return [{ kind: 'status', body: statusWebhook(facts, 'failed', error) }];
  return [
    { kind: 'status', body: statusWebhook(facts, 'sent') },
    { kind: 'status', body: statusWebhook(facts, 'delivered') },
  ];
}

/** The `read` statuses of messages that the client has now seen. */
export const statusesOfRead = (
  unread: readonly StatusFacts['base'][],
  facts: Omit<StatusFacts, 'base'>,
): readonly NewWebhook[] =>
  unread.map((base) => ({ kind: 'status', marksRead: base.id, body: statusWebhook({ ...facts, base }, 'read') }));
