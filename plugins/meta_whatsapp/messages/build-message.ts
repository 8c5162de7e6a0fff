import { PLUGIN } from '../profile.js';
import { isTooDeep } from '../webhook-json.js';
import { withFiles } from './media-file.js';
import type { Built, Sender } from './message-type.js';
import { messageType } from './message-types.js';

export type BuiltMessage = Built & {
  /** May go out while the client's window is closed. */
  readonly needsNoWindow: boolean;
};

/** Neither we nor Meta could read it back. */
const TOO_DEEP = {
  code: 'validation_failed',
  message: `platforms.${PLUGIN}.params nests over 100 levels deep; messages of WhatsApp nest about ten.`,
};

/** What goes on the wire for settings that the channel's schema has taken. Reads files and templates, writes nothing. */
export async function buildMessage(name: string, params: unknown, sender: Sender): Promise<BuiltMessage> {
  const type = messageType(name)!; // the schema takes no other
  const { needsNoWindow } = type;
  const plain = await type.build(params, sender);
  if (plain.ok && isTooDeep(plain.payload)) return { ok: false, problem: TOO_DEEP, needsNoWindow: false };
  const built = await withFiles(plain, sender);
  return { ...built, needsNoWindow: typeof needsNoWindow === 'function' ? needsNoWindow(params) : needsNoWindow };
}
