import type { JsonObject, OutlineAction, OutlineNotification, OutlinePath } from '../../../core/index.js';
import { PLUGIN } from '../profile.js';
import { objectOf } from '../webhook-json.js';

/** What a notification says about WhatsApp, as it is written. */
export interface WrittenMessage {
  readonly notification: OutlineNotification;
  readonly path: OutlinePath;
  readonly settings: JsonObject;
  readonly type: string;
  /** `params.<type>`, where it is a map. */
  readonly params: JsonObject;
}

/** The WhatsApp messages of an action, in running order. */
export const writtenMessages = ({ notifications }: OutlineAction): readonly WrittenMessage[] =>
  notifications.flatMap((notification) =>
    notification.channels
      .filter(({ name }) => name === PLUGIN)
      .map(({ path, settings: given }) => {
        const settings = objectOf(given);
        const type = String(settings['message_type'] ?? '');
        return { notification, path, settings, type, params: objectOf(objectOf(settings['params'])[type]) };
      }),
  );

/** Is this text there before anything is filled in? */
export const isLiteral = (text: unknown): text is string =>
  typeof text === 'string' && !text.startsWith('~~') && !text.includes('{{');
