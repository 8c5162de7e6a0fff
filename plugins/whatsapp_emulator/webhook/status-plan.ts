import type { ChatStatus, StatusBase } from '../chat/chat-entry.js';
import type { Opened } from '../chat/chat-store.js';
import { GraphError, type StatusError } from '../graph/graph-error.js';
import { statusWebhook } from './webhook-body.js';
import type { NewWebhook } from './webhook-way.js';

const MARKETING_STOPPED = 'Unable to send the message: the user has stopped marketing messages from this business.';

/** A failure that the message meets on its way: the client's wish, or a fault after it was delivered. */
const stopped = ({ person }: Opened, { category }: StatusBase): StatusError | undefined =>
  person.marketingStopped && category === 'marketing'
    ? new GraphError(131050, MARKETING_STOPPED).asStatus()
    : undefined;

const late = ({ struck }: Opened): StatusError | undefined =>
  struck.fail_after_delivered &&
  new GraphError(struck.fail_after_delivered.code, 'A fault asked for this code.').asStatus();

/** The statuses of a message on its way: `sent` and `delivered`, or `failed` alone, or, by a fault, all three. */
export function statusesOfSend(opened: Opened, base: StatusBase, error?: StatusError): readonly NewWebhook[] {
  const { account, person, nowMs: atMs } = opened;
  const facts = { account, person, base, atMs };
  const step = (status: ChatStatus, why?: StatusError): NewWebhook => ({
    kind: 'status',
    status,
    body: statusWebhook(facts, status, why),
  });
  const failure = error ?? stopped(opened, base);
  if (failure) return [step('failed', failure)];
  const lateFailure = late(opened);
  return [step('sent'), step('delivered'), ...(lateFailure ? [step('failed', lateFailure)] : [])];
}

/** The `read` statuses of messages that the client has now seen. */
export const statusesOfRead = ({ account, person, unread, nowMs: atMs }: Opened): readonly NewWebhook[] =>
  unread.map((base) => ({
    kind: 'status',
    status: 'read',
    marks: { id: base.id, as: 'read' },
    body: statusWebhook({ account, person, base, atMs }, 'read'),
  }));

/** The client plays a voice message that has been read. */
export const statusOfPlay = ({ account, person, nowMs: atMs }: Opened, base: StatusBase): NewWebhook => ({
  kind: 'status',
  status: 'played',
  marks: { id: base.id, as: 'played' },
  body: statusWebhook({ account, person, base, atMs }, 'played'),
});
