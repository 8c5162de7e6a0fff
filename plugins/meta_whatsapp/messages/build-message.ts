import { withFiles } from './media-file.js';
import type { Built, Sender } from './message-type.js';
import { messageType } from './message-types.js';

export type BuiltMessage = Built & {
  /** May go out while the client's window is closed. */
  readonly needsNoWindow: boolean;
};

/** What goes on the wire for settings that the channel's schema has taken. Reads files and templates, writes nothing. */
export async function buildMessage(name: string, params: unknown, sender: Sender): Promise<BuiltMessage> {
  const type = messageType(name)!; // the schema takes no other
  const { needsNoWindow } = type;
  const built = await withFiles(await type.build(params, sender), sender);
  return { ...built, needsNoWindow: typeof needsNoWindow === 'function' ? needsNoWindow(params) : needsNoWindow };
}
