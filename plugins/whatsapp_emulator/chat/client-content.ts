import type { TapButton } from '../message/checked-message.js';
import type { ChatEntry } from './chat-entry.js';
import type { ClientWrite } from './client-write.js';
import { type Person, shownNumber } from './person.js';

/** What a client's message says, in Meta's words: `type` and the object under its name, or what stands in its place. */
export interface ClientContent {
  readonly type: string;
  readonly body: { readonly [key: string]: unknown };
  /** What the chat shows of it. */
  readonly text: string;
}

const WEEK_S = 604_800;
const HREF = 'https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes';

const content = (type: string, value: unknown, text = ''): ClientContent => ({ type, body: { [type]: value }, text });

const errors = (code: number, title: string, details: string) => [
  { code, title, message: title, error_data: { details }, href: HREF },
];

/** A tap: a template's quick reply reports its payload, an interactive message the reply or row. */
export function tapContent(about: ChatEntry, { id, title, description }: TapButton): ClientContent {
  if (about.type === 'template') return content('button', { payload: id, text: title }, title);
  const { type } = about.payload.interactive as { readonly type: string };
  const reply = { id, title, ...(description !== undefined && { description }) };
  const kind = type === 'list' ? 'list_reply' : 'button_reply';
  return content('interactive', { type: kind, [kind]: reply }, title);
}

/** An edit keeps the type of what it edits: of a picture it is the caption that changes. */
function editContent({ message_id, text }: NonNullable<ClientWrite['edit']>, before?: ChatEntry): ClientContent {
  const kind = before && ['image', 'video', 'document'].includes(before.type) ? before.type : 'text';
  const edited = kind === 'text' ? { body: text } : { ...(before?.payload[kind] as object), caption: text };
  return content('edit', { original_message_id: message_id, message: { type: kind, [kind]: edited } }, text);
}

function flowReply({ name, body, response_json }: NonNullable<ClientWrite['flow_reply']>): ClientContent {
  const text = typeof response_json === 'string' ? response_json : JSON.stringify(response_json);
  return content('interactive', { type: 'nfm_reply', nfm_reply: { name, body, response_json: text } }, body);
}

function callPermission(response: 'accept' | 'reject', nowMs: number): ClientContent {
  const allowed = response === 'accept' && { expiration_timestamp: Math.floor(nowMs / 1000) + WEEK_S };
  const reply = { response, is_permanent: false, ...allowed, response_source: 'user_action' };
  return content('interactive', { type: 'call_permission_reply', call_permission_reply: reply }, response);
}

/** The client's own card: the one answer that gives a hidden number away. */
function ownCard({ name, number, userId }: Person): ClientContent {
  const phones = [{ phone: `+${number}`, wa_id: number, type: 'CELL' }];
  const card = { name: { formatted_name: name, first_name: name }, phones, user_id: userId, origin: 'contact_request' };
  return content('contacts', [card], `${name} +${number}`);
}

const nameOfCard = (card: { readonly name?: unknown }): string =>
  (card.name as { formatted_name?: string } | undefined)?.formatted_name ?? 'Contact';

/** The content of everything but media and taps. `before` is the message that an edit is about. */
export function contentOf(write: ClientWrite, person: Person, nowMs: number, before?: ChatEntry): ClientContent {
  if (write.text !== undefined) return content('text', { body: write.text }, write.text);
  if (write.raw) return { type: String(write.raw.type ?? 'unknown'), body: {}, text: '' };
  if (write.location) {
    const { name, latitude, longitude } = write.location;
    return content('location', write.location, name ?? `${latitude}, ${longitude}`);
  }
  if (write.contacts) return content('contacts', write.contacts, write.contacts.map(nameOfCard).join(', '));
  if (write.reaction) return content('reaction', write.reaction, write.reaction.emoji ?? '');
  if (write.edit) return editContent(write.edit, before);
  if (write.revoke) return content('revoke', { original_message_id: write.revoke.message_id });
  if (write.flow_reply) return flowReply(write.flow_reply);
  if (write.call_permission) return callPermission(write.call_permission, nowMs);
  if (write.order) return content('order', write.order, typeof write.order.text === 'string' ? write.order.text : '');
  if (write.contact_info) return ownCard(person);
  if (write.system) return content('system', write.system, String(write.system.body ?? ''));
  if (write.too_large) {
    const details = 'Media file size too big. Max file size we currently support: 100 MB.';
    return { type: 'unsupported', body: { errors: errors(131052, 'Media download error', details) }, text: '' };
  }
  const { type, code = 131051, details = 'Message type is currently not supported.' } = write.unsupported ?? {};
  const title = code === 131051 ? 'Message type unknown' : details;
  const body = { errors: errors(code, title, details), ...(type !== undefined && { unsupported: { type } }) };
  return { type: 'unsupported', body, text: '' };
}

/** `context`: a forwarded message names none that it answers. */
export function contextOf(write: ClientWrite, person: Person, business: string, about?: ChatEntry): object | undefined {
  const forwarded = write.forwarded && { [write.forwarded === true ? 'forwarded' : 'frequently_forwarded']: true };
  if (!about) return forwarded || undefined;
  const from = about.direction === 'from_client' ? shownNumber(person) : business;
  return { ...(from !== undefined && { from }), id: about.id, ...forwarded };
}
