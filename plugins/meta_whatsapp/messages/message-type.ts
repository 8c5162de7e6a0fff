import type { ZodType } from 'zod';
import type { FileObject, JsonObject, Problem } from '../../../core/index.js';
import type { TemplateLookup } from './whatsapp-template.js';

/**
 * What goes on the wire: `{type, <type>: {…}}`. Where Meta wants the `id` of an uploaded file it holds
 * `{fileuuid, …}` instead, which becomes an `id` when the message is sent. `warnings` tell what was left out.
 */
export type Built =
  | { readonly ok: true; readonly payload: JsonObject; readonly warnings?: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/** What a builder may ask about the sender; it reads and never writes. */
export interface Sender {
  /** The profile that sends. */
  readonly profile: string;
  /** The profile's language, of WhatsApp templates that name none. */
  readonly language: string;
  /** The record of a stored file; undefined where there is none of that id. */
  file(fileuuid: string): Promise<FileObject | undefined>;
  /** A WhatsApp template of the profile's account in exactly this language. */
  whatsappTemplate(name: string, language: string): TemplateLookup;
}

/**
 * One `message_type`: the schema of `params.<name>` with Meta's limits, and the builder of what goes on the wire.
 * One file each in this folder; `message-types.ts` lists them.
 */
export interface MessageType<Params = unknown> {
  readonly name: string;
  /** Holds literal text when YAML is checked, and everything once texts are filled in. */
  readonly params: ZodType<Params>;
  /** May go out while the client's window is closed. */
  readonly needsNoWindow: boolean | ((params: Params) => boolean);
  /** The key of `params` whose list has a place for each item: one that is missing is no shorter list, but wrong. */
  readonly positional?: string;
  /** Why this type does not allow `quote`, as a phrase that follows the key; absent if it does. */
  readonly noQuote?: string;
  build(params: Params, sender: Sender): Built | Promise<Built>;
}
