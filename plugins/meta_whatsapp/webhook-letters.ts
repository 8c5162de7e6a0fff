import type { JsonObject, Tell, WebhookLetters } from '../../core/index.js';
import { conversationIdOf, NO_CLIENT, STATUS_KIND } from './profile.js';

/** What the conversation gets of one incoming message. */
export interface IncomingLetter {
  readonly type: 'incoming';
  /** Meta's message object as received. */
  readonly message: JsonObject;
  readonly name: string;
  readonly from?: string;
  readonly userId?: string;
  readonly phoneNumberId: string;
  readonly to: string;
}

export interface StatusLetter {
  readonly type: 'status';
  readonly profile: string;
  readonly status: JsonObject;
}

/** Which profile a phone number id belongs to, if its changes may be taken (its secret signed them). */
type ProfileOf = (phoneNumberId: string) => string | undefined;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** The letters of one webhook: each entry, change, message and status by itself; what is not for us is listed. Pure. */
export function lettersOf(body: JsonObject, profileOf: ProfileOf): WebhookLetters {
  const tells: Tell[] = [];
  const unhandled: { reason: string; excerpt: string }[] = [];
  const leave = (reason: string, what: unknown) => unhandled.push({ reason, excerpt: shapeOf(what) });

  for (const change of objects(body['entry']).flatMap((entry) => objects(entry['changes']))) {
    const { field, value } = change;
    if (field !== 'messages' || !isObject(value)) {
      leave(`field ${String(text(field) ?? 'missing').slice(0, 64)}`, change);
      continue;
    }
    const metadata = isObject(value['metadata']) ? value['metadata'] : {};
    const phoneNumberId = text(metadata['phone_number_id']) ?? '';
    const profile = profileOf(phoneNumberId);
    if (profile === undefined) {
      leave('foreign number', change);
      continue;
    }
    const contacts = objects(value['contacts']);
    for (const message of objects(value['messages'])) {
      const tell = messageTell(message, contacts, profile, phoneNumberId, text(metadata['display_phone_number']) ?? '');
      if (typeof tell === 'string') leave(tell, message);
      else tells.push(tell);
    }
    for (const status of objects(value['statuses'])) {
      const tell = statusTell(status, profile);
      if (tell) tells.push(tell);
      else leave('status without id', status);
    }
    if (objects(value['errors']).length > 0) leave('errors', value);
  }
  return { tells, unhandled };
}

function messageTell(
  message: JsonObject,
  contacts: readonly JsonObject[],
  profile: string,
  phoneNumberId: string,
  to: string,
): Tell | string {
  const id = text(message['id']);
  const from = text(message['from']);
  const userId = text(message['from_user_id']);
  const client = from ?? userId;
  if (id === undefined || client === undefined || !/^[\w.+-]{1,150}$/.test(client))
    return 'message without id or sender';
  if (text(message['group_id']) !== undefined) return 'group message';
  const contact =
    contacts.find((candidate) => userId !== undefined && candidate['user_id'] === userId) ??
    contacts.find((candidate) => from !== undefined && candidate['wa_id'] === from);
  const name = isObject(contact?.['profile']) ? text(contact['profile']['name']) : undefined;
  const body: IncomingLetter = {
    type: 'incoming',
    message,
    name: (name ?? '').slice(0, 200),
    ...(from !== undefined && { from }),
    ...(userId !== undefined && { userId }),
    phoneNumberId,
    to: to.replace(/\D/g, ''),
  };
  return { to: { kind: 'conversation', id: conversationIdOf(profile, client) }, id: `in:${id.slice(0, 500)}`, body };
}

function statusTell(status: JsonObject, profile: string): Tell | undefined {
  const id = text(status['id']);
  const name = text(status['status']);
  if (id === undefined || name === undefined) return undefined;
  const client = text(status['recipient_id']) ?? text(status['recipient_user_id']) ?? NO_CLIENT;
  const body: StatusLetter = { type: 'status', profile, status };
  return {
    to: { kind: STATUS_KIND, id: conversationIdOf(profile, client.slice(0, 150)) },
    id: `${name.slice(0, 40)}:${id.slice(0, 500)}`,
    body,
  };
}

/** Its keys, two levels deep, and no value: what an operator needs to see that something new arrives, without anybody's words. */
function shapeOf(what: unknown): string {
  const keys = (value: unknown, depth: number): string =>
    isObject(value) && depth > 0
      ? `{${Object.entries(value)
          .slice(0, 20)
          .map(([key, inner]) => `${key.slice(0, 40)}${isObject(inner) ? keys(inner, depth - 1) : ''}`)
          .join(', ')}}`
      : '';
  return keys(what, 3);
}
