import type { SentMedia } from './sent-media.js';

/** Something to tap under a message. */
export interface TapButton {
  /** What a tap reports: the reply's or row's id, or the payload of a template's quick reply. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** The types of a message to a client. */
export const MESSAGE_TYPES = [
  'audio', 'contacts', 'document', 'image', 'interactive', 'location', 'reaction', 'sticker', 'template', 'text', 'video',
] as const; // biome-ignore format: one line reads best
export type MessageTypeName = (typeof MESSAGE_TYPES)[number];

/** A message whose body has passed Meta's checks, as the chat shows it. */
export interface CheckedMessage {
  readonly type: MessageTypeName;
  /** Allowed within 24 h of the client's last message only. */
  readonly freeForm: boolean;
  /** Meta's price category, as statuses name it. */
  readonly category: string;
  /** What the client reads: body, caption, emoji, names; empty where there is none. */
  readonly text: string;
  readonly buttons: readonly TapButton[];
  /** The files it shows; whether they exist is checked after the body. */
  readonly media: readonly SentMedia[];
  /** The message that a reaction is about. */
  readonly reactsTo?: string;
  /** Cannot be sent to a user id: an authentication template. */
  readonly numberOnly?: true;
}

/** A free-form message; `more` says what is not empty. */
export const freeForm = (
  type: MessageTypeName,
  text: string,
  more: Partial<Pick<CheckedMessage, 'buttons' | 'media' | 'reactsTo'>> = {},
): CheckedMessage => ({ type, freeForm: true, category: 'service', text, buttons: [], media: [], ...more });

/** The button that a tap names, by its title or its id. */
export const buttonNamed = (buttons: readonly TapButton[], tap: string): TapButton | undefined =>
  buttons.find(({ title }) => title === tap) ?? buttons.find(({ id }) => id === tap);
