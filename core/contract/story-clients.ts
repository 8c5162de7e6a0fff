import type { ServiceIdentifier } from 'inversify';
import type { JsonObject } from './json.js';

/** A file that a client sends. */
export interface ClientFile {
  readonly kind: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  readonly content: Uint8Array;
  readonly filename: string;
  /** Absent: what phones send of this kind. */
  readonly mimeType?: string;
  readonly caption?: string;
}

/** One thing that a client does. `about`: id of the message that is quoted, tapped on or reacted to. */
export type ClientDeed =
  | { readonly do: 'write'; readonly text: string; readonly about?: string }
  | { readonly do: 'tap'; readonly button: string; readonly about?: string }
  | { readonly do: 'send'; readonly file: ClientFile }
  | {
      readonly do: 'place';
      readonly latitude: number;
      readonly longitude: number;
      readonly name?: string;
      readonly address?: string;
    }
  /** In the emulator's own words: what else its clients can send. */
  | { readonly do: 'other'; readonly content: JsonObject }
  | { readonly do: 'react'; readonly emoji: string; readonly about: string };

/** One message as the client's phone shows it. */
export interface ClientMessage {
  readonly id: string;
  readonly direction: 'to_client' | 'from_client';
  /** The sender it came from or went to. */
  readonly profile: string;
  readonly type: string;
  /** What a reader sees: text, caption, a template filled in, the title of a button tapped. */
  readonly text: string;
  readonly buttons: readonly string[];
  /** Name of the provider's template, where it is one. */
  readonly template?: string;
  /** Id of the message that it quotes. */
  readonly quotes?: string;
  readonly status: string;
  /** ISO 8601, product clock. */
  readonly at: string;
  /** The provider's own form. */
  readonly payload: JsonObject;
}

/**
 * The clients of a provider that is played by an emulator, for `stubwire test`. An emulator plugin contributes one. An
 * `address` is a number in digits, or a user id. What a client cannot do (no such button) throws `validation_failed` with
 * what there is.
 */
export interface StoryClients {
  readonly provider: string;
  /** Keys of sorted sets of the emulator's own work: by when it is due (ms, product clock), and what is at work now. */
  readonly work: { readonly due: readonly string[]; readonly atWork: readonly string[] };
  /** Called once for each contact before a story begins: the client is known by this name. */
  introduce(address: string, name: string): Promise<void>;
  /** Resolves when the message is on its way; `profile`: which of our numbers gets it, where there are several. */
  act(address: string, deed: ClientDeed, profile?: string): Promise<ClientMessage>;
  /** Has something go wrong from now on, in the emulator's own words. Errors: `validation_failed`. */
  fault(fault: JsonObject): Promise<void>;
  /** Oldest first. */
  chat(address: string): Promise<readonly ClientMessage[]>;
  /** The chats of all clients but these, by address. */
  otherChats(addresses: readonly string[]): Promise<ReadonlyMap<string, readonly ClientMessage[]>>;
  /** The clock was moved: what is now due may leave at once. */
  clockMoved(): void;
}
export const StoryClients: ServiceIdentifier<StoryClients> = Symbol.for('stubwire.StoryClients');
