import type { Account } from '../accounts/account-book.js';
import type { TapButton } from '../message/checked-message.js';
import { newWamid } from '../message/wamid.js';
import { unixSeconds } from '../webhook/webhook-body.js';
import type { ChatEntry } from './chat-entry.js';
import { userIdOf } from './client-id.js';

/** What a client does on the phone. */
export type ClientMove =
  | { readonly kind: 'text'; readonly text: string; readonly about?: ChatEntry }
  | { readonly kind: 'tap'; readonly button: TapButton; readonly about: ChatEntry };

/** Meta's content of a tap: a template's quick reply reports its payload, an interactive message the reply or row. */
function tapContent(about: ChatEntry, { id, title, description }: TapButton) {
  if (about.type === 'template') return { type: 'button', button: { payload: id, text: title } };
  const { type } = about.payload.interactive as { type: string };
  const reply = { id, title, ...(description !== undefined && { description }) };
  return {
    type: 'interactive',
    interactive:
      type === 'list' ? { type: 'list_reply', list_reply: reply } : { type: 'button_reply', button_reply: reply },
  };
}

/** The chat entry of a move; its payload is the message as the webhook carries it. */
export function clientEntry(account: Account, client: string, nowMs: number, move: ClientMove): ChatEntry {
  const id = newWamid(client, 'from_client');
  const { about } = move;
  const author = about?.direction === 'from_client' ? client : account.displayPhoneNumber;
  const content =
    move.kind === 'tap' ? tapContent(move.about, move.button) : { type: 'text', text: { body: move.text } };
  const payload = {
    ...(about && { context: { from: author, id: about.id } }),
    from: client,
    from_user_id: userIdOf(client),
    id,
    timestamp: unixSeconds(nowMs),
    ...content,
  };
  return {
    id,
    direction: 'from_client',
    profile: account.profile,
    type: content.type,
    text: move.kind === 'tap' ? move.button.title : move.text,
    buttons: [],
    at: new Date(nowMs).toISOString(),
    payload,
  };
}
