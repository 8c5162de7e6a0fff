import type { JsonObject, Tell, WebhookLetters } from '../../core/index.js';
import { templateChangeTells } from './catalogue/template-changes.js';
import { BSUID } from './identity/client-id.js';
import type { PreferenceLetter, UserIdLetter } from './identity/identity-letters.js';
import type { ShownNumber } from './identity/shown-numbers.js';
import { conversationIdOf, STATUS_KIND } from './profile.js';
import {
  clientIn,
  idPart,
  isObject,
  isTooDeep,
  objectOf,
  objectsOf,
  secondsIn,
  shapeOf,
  textIn,
} from './webhook-json.js';

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

type Leave = (reason: string, what: unknown) => void;

/** The letters of one webhook: each entry, change, message and status by itself; what is not for us is listed. Pure. */
export function lettersOf(body: JsonObject, profiles: TrustedProfiles): WebhookLetters {
  const tells: Tell[] = [];
  const unhandled: { reason: string; excerpt: string }[] = [];
  const leave: Leave = (reason, what) => unhandled.push({ reason, excerpt: shapeOf(what) });
  for (const entry of objectsOf(body['entry'])) {
    const account = textIn(entry['id']) ?? '';
    for (const change of objectsOf(entry['changes'])) {
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

function messagesTells(value: JsonObject, profile: string, phoneNumberId: string, to: string, leave: Leave): Tell[] {
  const tells: Tell[] = [];
  const contacts = objectsOf(value['contacts']);
  for (const message of objectsOf(value['messages'])) {
    const tell = isTooDeep(message) ? TOO_DEEP : messageTell(message, contacts, profile, phoneNumberId, to);
    if (typeof tell === 'string') leave(tell, message);
    else tells.push(tell);
  }
  for (const status of objectsOf(value['statuses'])) {
    const tell = isTooDeep(status) ? undefined : statusTell(status, profile);
    if (tell) tells.push(tell);
    else leave('status without id, or nested too deep', status);
  }
  for (const error of objectsOf(value['errors']))
    leave(`error ${(textIn(error['code']) ?? 'without code').slice(0, 20)} of Meta’s`, error);
  return tells;
}

/** What nests so deep cannot be stored, and would take its siblings with it. Meta’s own messages nest about ten levels. */
const TOO_DEEP = 'message nested too deep';

function messageTell(
  message: JsonObject,
  contacts: readonly JsonObject[],
  profile: string,
  phoneNumberId: string,
  to: string,
): Tell | string {
  const id = textIn(message['id']);
  const from = clientIn(message['from']);
  const named = clientIn(message['from_user_id']);
  const client = from ?? named;
  if (textIn(message['group_id']) !== undefined) return 'group_not_supported: a message in a group';
  if (id === undefined || client === undefined) return 'message without id or sender';
  const contact =
    contacts.find((candidate) => named !== undefined && candidate['user_id'] === named) ??
    contacts.find((candidate) => from !== undefined && clientIn(candidate['wa_id']) === from);
  const userId = named ?? clientIn(contact?.['user_id']);
  const body: IncomingLetter = {
    type: 'incoming',
    message,
    name: (textIn(objectOf(contact?.['profile'])['name']) ?? '').slice(0, 200),
    ...(from !== undefined && { from }),
    ...(userId !== undefined && { userId }),
    phoneNumberId,
    to: to.replace(/\D/g, ''),
  };
  return { to: conversation(profile, client), id: `in:${idPart(id)}`, body };
}

function statusTell(status: JsonObject, profile: string): Tell | undefined {
  const id = textIn(status['id']);
  const name = textIn(status['status']);
  if (id === undefined || name === undefined) return undefined;
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

/** A client stops or resumes marketing messages in WhatsApp's own settings. */
function preferenceTells(value: JsonObject, profile: string, leave: Leave): Tell[] {
  return objectsOf(value['user_preferences']).flatMap((preference) => {
    const choice = preference['value'];
    const client = clientIn(preference['wa_id']) ?? clientIn(preference['user_id']);
    if (client === undefined || (choice !== 'stop' && choice !== 'resume')) {
      leave('user_preferences without client or choice', preference);
      return [];
    }
    const atMs = secondsIn(preference['timestamp']);
    const body: PreferenceLetter = { type: 'preference', choice, ...(atMs !== undefined && { atMs }) };
    return [{ to: conversation(profile, client), id: `preference:${choice}:${atMs ?? 'undated'}`, body }];
  });
}

/** A person has another user id from now on. Meta's ids of persons hold for the whole account. */
function userIdTells(value: JsonObject, account: string, profiles: TrustedProfiles, leave: Leave): Tell[] {
  const named = profiles.ofNumber(textIn(objectOf(value['metadata'])['phone_number_id']) ?? '');
  const told = new Set([...(named === undefined ? [] : [named]), ...profiles.ofAccount(account)]);
  if (told.size === 0) leave('foreign number', value);
  return objectsOf(value['user_id_update']).flatMap((update) => {
    const ids = objectOf(update['user_id']);
    const [previous, current] = [textIn(ids['previous']), textIn(ids['current'])];
    if (!previous || !current || previous === current || !BSUID.test(previous) || !BSUID.test(current)) {
      leave('user_id_update without two user ids', update);
      return [];
    }
    const atMs = secondsIn(update['timestamp']);
    const body: UserIdLetter = { type: 'user_id_changed', previous, current, ...(atMs !== undefined && { atMs }) };
    return [...told].map((profile) => userIdTell(profile, body));
  });
}

/** The announcement may come twice, as a field of its own and as a message: told under one id it is taken once. */
export const userIdTell = (profile: string, body: UserIdLetter): Tell => ({
  to: conversation(profile, body.previous),
  id: `user-id:${body.previous}:${body.current}`,
  body,
});

const conversation = (profile: string, client: string) => ({
  kind: 'conversation',
  id: conversationIdOf(profile, client),
});
