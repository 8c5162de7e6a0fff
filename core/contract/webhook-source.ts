import type { ServiceIdentifier } from 'inversify';
import type { Tell } from './actor-kind.js';

export interface WebhookPost {
  /** The bytes as received: signatures are checked over these, before anything is parsed. */
  readonly rawBody: Buffer;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

export interface WebhookLetters {
  /** Stored before the answer 200; each id makes a repeat of the same POST harmless. */
  readonly tells: readonly Tell[];
  /** What was in it and is not for us (unknown field, foreign number): counted and the newest kept for the operator. */
  readonly unhandled: readonly { readonly reason: string; readonly excerpt: string }[];
}

/**
 * Where a provider calls us: `POST`, and `GET` for a check, of `/webhooks/<name>`. All methods are synchronous, pure and quick: verify, parse, name the
 * letters. They throw a coded error to refuse (401 `signature_invalid`, 400 `body_invalid`). The host stores the letters
 * and answers 200, or 503 when the store is away. Nothing else happens inside the request.
 */
export interface WebhookSource {
  readonly name: string;
  /**
   * Refuses a request whose headers make it invalid whatever the body is, such as a missing signature. It is called before
   * the body is read, so that strangers cannot fill the memory.
   */
  admit?(headers: WebhookPost['headers']): void;
  /** Answers the provider's subscription check with the text to echo. Without it there is no `GET` route. */
  challenge?(query: { readonly [name: string]: string | undefined }): string;
  read(post: WebhookPost): WebhookLetters;
}
export const WebhookSource: ServiceIdentifier<WebhookSource> = Symbol.for('stubwire.WebhookSource');
