import type { JsonObject } from '../../core/index.js';
import { objectOf, objectsOf, textIn } from './webhook-json.js';

const QUOTED_CHARACTERS = 80;

/**
 * What the client said, as a stubpost's message: text, caption, button or row title, or a short description. `about`: the
 * text of the message that this one refers to, where it is known. Whatever stands in the message, it answers. Pure.
 */
export function textOf(message: JsonObject, about?: string): string {
  const type = textIn(message['type']) ?? 'unknown';
  const content = objectOf(message[type]);
  return TEXTS[type]?.(message, content, about) ?? textIn(content['caption']) ?? `[${type.slice(0, 64)}]`;
}

type TextOf = (message: JsonObject, content: JsonObject, about: string | undefined) => string | undefined;

const unsupported: TextOf = (message, content) => {
  const [error] = objectsOf(message['errors']);
  const what = textIn(content['type']);
  const why = textIn(objectOf(error?.['error_data'])['details']) ?? textIn(error?.['title']);
  const code = textIn(error?.['code']);
  const reason = [why, code].filter((part) => part !== undefined).join(', ');
  return `[not shown by WhatsApp${what ? `: ${what}` : ''}]${reason ? ` ${reason}` : ''}`.slice(0, 500);
};

const TEXTS: { readonly [type: string]: TextOf | undefined } = Object.assign(Object.create(null) as object, {
  text: (_, content) => (typeof content['body'] === 'string' ? content['body'] : ''),
  button: (_, content) => textIn(content['text']) ?? textIn(content['payload']) ?? '[button]',
  interactive: (_, content) => interactiveText(content),
  document: (_, content) => textIn(content['caption']) ?? `[document]${after(textIn(content['filename']))}`,
  audio: (_, content) => (content['voice'] === true ? '[voice message]' : '[audio]'),
  location: (_, { name, address, latitude, longitude }) => {
    const place = [textIn(name), textIn(address)].filter((part) => part !== undefined).join(', ');
    const point = [textIn(latitude), textIn(longitude)].filter((part) => part !== undefined).join(', ');
    return `[location]${after(place)}${place && point ? ` (${point})` : after(point)}`;
  },
  contacts: (message) => {
    const cards = objectsOf(message['contacts']);
    const names = cards.map((card) => {
      const phones = objectsOf(card['phones']).map(({ phone, wa_id }) => textIn(phone) ?? textIn(wa_id));
      return textIn(objectOf(card['name'])['formatted_name']) ?? phones.find((phone) => phone !== undefined) ?? '?';
    });
    return `[contacts]${after(names.slice(0, 20).join(', '))}`;
  },
  order: (_, content) => {
    const items = objectsOf(content['product_items']);
    const lines = items
      .slice(0, 30)
      .map((item) => `${textIn(item['quantity']) ?? '?'} × ${textIn(item['product_retailer_id']) ?? '?'}`);
    return `[order]${after(lines.join(', '))}${after(textIn(content['text']))}`;
  },
  reaction: (_, content, about) => {
    const emoji = textIn(content['emoji']);
    if (emoji === undefined) return `Took the reaction back${quoted(about)}`;
    return `Reacted ${emoji}${quoted(about)}`;
  },
  edit: (_, content) => {
    const now = objectOf(content['message']);
    return now['type'] === 'edit' ? '[edit]' : `Edited: ${textOf(now)}`;
  },
  revoke: (_m, _c, about) => `Deleted a message${quoted(about)}`,
  system: (_, content) => textIn(content['body']) ?? `[system]${after(textIn(content['type']))}`,
  request_welcome: () => '[opened the chat]',
  unsupported,
  unknown: unsupported,
} satisfies { readonly [type: string]: TextOf });

function interactiveText(content: JsonObject): string {
  const reply = objectOf(content['button_reply'] ?? content['list_reply']);
  const title = textIn(reply['title']) ?? textIn(reply['id']);
  if (title !== undefined) return title;
  const permission = objectOf(content['call_permission_reply']);
  const response = textIn(permission['response']);
  if (response !== undefined) {
    const scope = permission['is_permanent'] === true ? ', for good' : '';
    return response === 'accept' ? `Allowed calls${scope}` : 'Does not allow calls';
  }
  // Meta's documentation names a product that the client sends, and not its form.
  if (content['type'] === 'product')
    return `[product]${after(textIn(objectOf(content['product'])['product_retailer_id']))}`;
  const form = objectOf(content['nfm_reply']);
  if (Object.keys(form).length === 0) return '[interactive]';
  const body = textIn(form['body']);
  return body ?? `[form]${after(textIn(form['name']))}${formIsReadable(form) ? '' : ' (its answer is not JSON)'}`;
}

/** Meta gives a form's answer as a text of JSON, which may be broken; it is kept as received in `whatsapp_body`. */
function formIsReadable(form: JsonObject): boolean {
  try {
    JSON.parse(String(form['response_json']));
    return true;
  } catch {
    return false;
  }
}

const after = (part: string | undefined): string => (part ? ` ${part}` : '');
const quoted = (about: string | undefined): string => {
  if (!about) return '';
  const characters = [...about];
  return ` to: “${characters.slice(0, QUOTED_CHARACTERS).join('')}${characters.length > QUOTED_CHARACTERS ? '…' : ''}”`;
};
