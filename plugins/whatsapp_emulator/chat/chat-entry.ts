import type { TapButton } from '../message/checked-message.js';
import type { Direction } from '../message/wamid.js';

export type ChatStatus = 'sent' | 'delivered' | 'read' | 'played' | 'failed';

/** One message of a chat as stored; its status stands beside it. */
export interface ChatEntry {
  readonly id: string;
  readonly direction: Direction;
  /** The business number it came from or went to, by the profile's name. */
  readonly profile: string;
  readonly type: string;
  /** What a reader sees: the text, a caption, a template filled in, the title of a button tapped. */
  readonly text: string;
  readonly buttons: readonly TapButton[];
  /** ISO 8601, product clock. */
  readonly at: string;
  /** Meta's object: the body of the send, or the message of the webhook. */
  readonly payload: { readonly [key: string]: unknown };
}

/**
 * An entry as the API answers it. `status` of a message to the client: `delivered`, `read`, `played` or `failed`; of a
 * message from the client: `sent`, `delivered` once the webhook was answered 200, `read` once the business marked it.
 */
export type ChatMessage = ChatEntry & { readonly status: ChatStatus };

/** What statuses of a message say about it; kept until it is read. */
export interface StatusBase {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly category: string;
  readonly callbackData?: string;
  /** Absent where the message was addressed by user id. */
  readonly recipientNumber?: string;
  /** `read` is then the first status after `sent`, and carries the price. */
  readonly deliveredSkipped?: boolean;
}
