import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { type MediaKind, mediaObject } from './sent-media.js';
import { chars, shaped } from './shape.js';

const caption = chars(0, 1024).optional();

const MEDIA = {
  image: mediaObject({ caption }),
  video: mediaObject({ caption }),
  audio: mediaObject({ voice: z.boolean('must be true or false').optional() }),
  document: mediaObject({ caption, filename: chars(1, 240).optional() }),
  sticker: mediaObject({}),
} as const satisfies Record<MediaKind, z.ZodType>;

/** What the object of any kind may hold; each kind's schema refuses the rest. */
interface MediaContent {
  readonly id?: string;
  readonly link?: string;
  readonly caption?: string;
  readonly filename?: string;
  readonly voice?: boolean;
}

/** Meta's `image`, `video`, `audio`, `document` and `sticker` objects. */
export function checkMedia(kind: MediaKind, value: unknown): CheckedMessage {
  const { id, link, caption, filename, voice } = shaped<MediaContent>(
    MEDIA[kind] as z.ZodType<MediaContent>,
    value,
    kind,
  );
  const media = [{ param: kind, kind, id, link, ...(voice && { voice: true as const }) }];
  return freeForm(kind, caption ?? filename ?? '', { media });
}
