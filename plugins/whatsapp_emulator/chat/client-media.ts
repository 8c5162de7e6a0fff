import { Readable } from 'node:stream';
import { inject, injectable } from 'inversify';
import { StubwireError } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { MediaLinks } from '../media/media-links.js';
import { base64Sha256, MediaShelf } from '../media/media-shelf.js';
import type { ClientContent } from './client-content.js';
import type { ClientWrite } from './client-write.js';

type Write = NonNullable<ClientWrite['media']>;

/** What phones send where nothing else is said. */
const MIME_TYPES: { readonly [Kind in Write['kind']]: string } = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  document: 'application/pdf',
  sticker: 'image/webp',
};
const VOICE = 'audio/ogg; codecs=opus';
const MAX_BYTES = 100_000_000;

/** Media that clients send: the file goes on the shelf, the message names it. */
@injectable()
export class ClientMedia {
  constructor(
    @inject(MediaShelf) private readonly shelf: MediaShelf,
    @inject(MediaLinks) private readonly links: MediaLinks,
  ) {}

  async contentOf({ phoneNumberId }: Account, write: Write): Promise<ClientContent> {
    const { kind, caption, filename, voice = false, animated = false } = write;
    const mimeType = write.mime_type ?? (kind === 'audio' && voice ? VOICE : MIME_TYPES[kind]);
    const content = Buffer.from(write.file, 'base64');
    if (content.length === 0) throw new StubwireError('validation_failed', 'media.file: is empty.');
    const media = await this.shelf.put(Readable.from([content]), {
      phoneNumberId,
      from: 'client',
      mimeType,
      ...(filename !== undefined && { filename }),
      maxBytes: MAX_BYTES,
    });
    const object = {
      ...(caption !== undefined && kind !== 'audio' && kind !== 'sticker' && { caption }),
      ...(kind === 'document' && { filename: filename ?? 'document' }),
      mime_type: mimeType,
      sha256: base64Sha256(media),
      id: media.id,
      url: await this.links.urlOf(media),
      ...(kind === 'audio' && { voice }),
      ...(kind === 'sticker' && { animated }),
    };
    return { type: kind, body: { [kind]: object }, text: caption ?? '' };
  }
}
