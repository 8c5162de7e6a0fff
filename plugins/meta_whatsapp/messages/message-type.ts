import type { ZodType } from 'zod';
import type { JsonObject, Problem } from '../../../core/index.js';

export type Built =
  | { readonly ok: true; readonly payload: JsonObject }
  | { readonly ok: false; readonly problem: Problem };

/** What a builder may know of the sender. */
export interface Sender {
  readonly language: string;
}

/**
 * One `message_type`: the schema of `params.<name>` with Meta's limits, and the pure builder of what goes on the wire
 * (`{type, <type>: {…}}`). One file each in this folder; `message-types.ts` lists them.
 */
export interface MessageType<Params = unknown> {
  readonly name: string;
  readonly params: ZodType<Params>;
  /** May go out while the client's window is closed. */
  readonly needsNoWindow: boolean;
  build(params: Params, sender: Sender): Built;
}

/** Length as Meta counts it: characters, not UTF-16 units. */
export const characters = (text: string): number => [...text].length;
