import type { JsonObject, Tell, WebhookLetters } from '../../core/index.js';
import { templateChangeTells } from './catalogue/template-changes.js';
import { type ContactsById, contactsById, invalidIn, senderOf } from './identity/sender.js';
import type { ShownNumber } from './identity/shown-numbers.js';
import { conversationIdOf, STATUS_KIND } from './profile.js';
import { idPart, isObject, isTooDeep, objectOf, objectsOf, shapeOf, textIn } from './webhook-json.js';
import { conversationOf, newUserIdTells, preferenceTells, userIdTells } from './webhook-people.js';

/** What the conversation gets of one incoming message. */
export interface IncomingLetter {
  readonly type: 'incoming';
  /** Meta's message object as received. */
  readonly message: JsonObject;
  readonly name: string;
  readonly identityKeyHash?: string;
  readonly from?: string;
  readonly userId?: string;
  readonly phoneNumberId: string;
  readonly to: string;
  /** When it was taken in, for a message that waited since: for a file, or for who its client is. */
  readonly takenAtMs?: number;
  /** It was held until what was under way at the client's user id had come by. */
  readonly letBy?: true;
  /** A number that a status of ours showed with this user id, where the message itself hides it. */
  readonly shown?: ShownNumber;
}

export interface StatusLetter {
  readonly type: 'status';
  readonly profile: string;
  readonly status: JsonObject;
}

/** Profiles whose changes may be taken, for their secret signed them. */
export interface TrustedProfiles {
  ofNumber(phoneNumberId: string): string | undefined;
  /** All of one business account: what Meta says of a person there holds for each of its numbers. */
  ofAccount(businessAccountId: string): readonly string[];
}

/** Counts an item that is not handled, with a reason for the operator. */
export type Leave = (reason: string, what: unknown) => void;

/** The letters of one webhook: each entry, change, message and status by itself; what is not for us is listed. Pure. */
export function lettersOf(body: JsonObject, profiles: TrustedProfiles): WebhookLetters {
  const tells: Tell[] = [];
  const unhandled: { reason: string; excerpt: string }[] = [];
  const leave: Leave = (reason, what) => unhandled.push({ reason, excerpt: shapeOf(what) });
  const entries = objectsOf(body['entry']);
  if (entries.length === 0) leave('webhook without entries', body);
  for (const entry of entries) {
    const account = textIn(entry['id']) ?? '';
    const changes = objectsOf(entry['changes']);
    if (changes.length === 0) leave('entry without changes', entry);
    for (const change of changes) {
      const ofTemplates = templateChangeTells(entry, change, profiles.ofAccount(account));
      tells.push(...(ofTemplates ?? changeTells(change, account, profiles, leave)));
    }
  }
  return { tells, unhandled };
}

function changeTells(change: JsonObject, account: string, profiles: TrustedProfiles, leave: Leave): Tell[] {
  const { value } = change;
  const field = (textIn(change['field']) ?? 'missing').slice(0, 64);
  if (!isObject(value)) {
    leave(`field ${field}`, change);
    return [];
  }
  if (field === 'user_id_update') return userIdTells(value, account, profiles, leave);
  const metadata = objectOf(field === 'messaging_handovers' ? value['recipient'] : value['metadata']);
  const phoneNumberId = textIn(metadata['phone_number_id']) ?? '';
  const profile = profiles.ofNumber(phoneNumberId);
  const reason = Object.hasOwn(OBSERVED, field) ? OBSERVED[field] : undefined;
  if (reason !== undefined || field === 'messaging_handovers') {
    const why = reason ?? `messaging_handovers ${(textIn(value['type']) ?? 'without a type').slice(0, 40)}: noted`;
    leave(profile === undefined ? 'foreign number' : why, change);
    return [];
  }
  if (field !== 'messages' && field !== 'user_preferences') {
    leave(`field ${field}`, change);
    return [];
  }
  if (profile === undefined) {
    leave('foreign number', change);
    return [];
  }
  if (field === 'user_preferences') return preferenceTells(value, profile, leave);
  return messagesTells(value, profile, phoneNumberId, textIn(metadata['display_phone_number']) ?? '', leave);
}

/** What other apps and phones of the same number do: seen, never answered, never routed. */
const OBSERVED: { readonly [field: string]: string } = {
  smb_message_echoes: 'smb_message_echoes: written by hand on the business’s phone; observed, never answered',
  standby: 'standby: another app holds this thread; observed, never answered',
};

/** Keys of a `messages` change that are read here, or have no meaning by themselves. */
const KNOWN_KEYS: readonly string[] = [
  'messaging_product',
  'metadata',
  'contacts',
  'messages',
  'statuses',
  'errors',
  'user_actions',
];

function messagesTells(value: JsonObject, profile: string, phoneNumberId: string, to: string, leave: Leave): Tell[] {
  const tells: Tell[] = [];
  const [messages, statuses, errors, actions] = ['messages', 'statuses', 'errors', 'user_actions'].map((key) =>
    objectsOf(value[key]),
  ) as [JsonObject[], JsonObject[], JsonObject[], JsonObject[]];
  const contacts = contactsById(objectsOf(value['contacts']));
  for (const message of messages) {
    const tell = isTooDeep(message) ? TOO_DEEP : messageTell(message, contacts, profile, phoneNumberId, to, leave);
    if (typeof tell === 'string') leave(tell, message);
    else tells.push(tell, ...newUserIdTells(message, profile));
  }
  for (const status of statuses) {
    const tell = isTooDeep(status) ? undefined : statusTell(status, profile, leave);
    if (tell) tells.push(tell);
    else leave('status without id, or nested too deep', status);
  }
  for (const error of errors) leave(`error ${(textIn(error['code']) ?? 'without code').slice(0, 20)} of Meta’s`, error);
  // Clicks on marketing messages and views of their targets. The client has not written.
  for (const action of actions)
    leave(`user_actions ${(textIn(action['action_type']) ?? 'without a type').slice(0, 40)}: noted`, action);
  const unknown = Object.keys(value).filter((key) => !KNOWN_KEYS.includes(key));
  for (const key of unknown) leave(`key ${key.slice(0, 64)} of a messages change`, value);
  if (messages.length + statuses.length + errors.length + actions.length + unknown.length === 0)
    leave('messages change without messages, statuses or errors', value);
  return tells;
}

/** What nests so deep cannot be stored, and would take its siblings with it. Meta’s own messages nest about ten levels. */
const TOO_DEEP = 'message nested too deep';

function messageTell(
  message: JsonObject,
  contacts: ContactsById,
  profile: string,
  phoneNumberId: string,
  to: string,
  leave: Leave,
): Tell | string {
  const id = textIn(message['id']);
  const { number, userId, name, identityKeyHash, invalid } = senderOf(message, contacts);
  const client = number ?? userId;
  if (textIn(message['group_id']) !== undefined) return 'group_not_supported: a message in a group';
  if (id === undefined || client === undefined)
    return message['type'] === 'system' ? 'system message without id or client' : 'message without id or sender';
  if (invalid.length > 0) leave(`${invalid.join(', ')} of a message: neither a number nor a user id`, message);
  const body: IncomingLetter = {
    type: 'incoming',
    message,
    name,
    ...(identityKeyHash !== undefined && { identityKeyHash }),
    ...(number !== undefined && { from: number }),
    ...(userId !== undefined && { userId }),
    phoneNumberId,
    to: to.replace(/\D/g, ''),
  };
  return { to: conversationOf(profile, client), id: `in:${idPart(id)}`, body };
}

function statusTell(status: JsonObject, profile: string, leave: Leave): Tell | undefined {
  const id = textIn(status['id']);
  const name = textIn(status['status']);
  if (id === undefined || name === undefined) return undefined;
  // A status is about a delivery; its recipient is only additional. A group has ids of another form.
  const invalid = status['recipient_type'] === 'group' ? [] : invalidIn(status, ['recipient_id', 'recipient_user_id']);
  if (invalid.length > 0) leave(`${invalid.join(', ')} of a status: neither a number nor a user id`, status);
  // By delivery: whoever sent it can ask whether a report waits, whatever Meta calls the client in it.
  const delivery = textIn(status['biz_opaque_callback_data']) ?? id;
  const body: StatusLetter = { type: 'status', profile, status };
  // One message to a group has a status for each participant; those to one client name none.
  const participant = textIn(status['recipient_participant_id']) ?? textIn(status['recipient_participant_user_id']);
  const mark = participant === undefined ? '' : `:${idPart(participant).slice(0, 150)}`;
  return {
    to: { kind: STATUS_KIND, id: conversationIdOf(profile, idPart(delivery)) },
    id: `${idPart(name).slice(0, 40)}:${idPart(id)}${mark}`,
    body,
  };
}
