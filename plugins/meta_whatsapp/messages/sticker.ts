import { Media, type MediaRef } from './media-file.js';
import type { MessageType } from './message-type.js';

/** A webp sticker. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/sticker-messages */
export const sticker: MessageType<MediaRef> = {
  name: 'sticker',
  params: Media.describe('A webp sticker: a fileuuid, a file object, a link, or { id } of an upload to Meta'),
  needsNoWindow: false,
  build: (media) => ({ ok: true, payload: { type: 'sticker', sticker: { ...media } } }),
};
