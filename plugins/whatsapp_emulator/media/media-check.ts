import { inject, injectable } from 'inversify';
import type { Account } from '../accounts/account-book.js';
import { GraphError, invalid } from '../graph/graph-error.js';
import type { SentMedia } from '../message/sent-media.js';
import { unfitLink, unfitUpload } from './media-kinds.js';
import { MediaShelf, type ShelvedMedia } from './media-shelf.js';

/** A WebP file in the extended format says in its 21st byte whether it is animated. */
const WEBP_HEAD_BYTES = 21;
const ANIMATION_BIT = 0x02;

/** Looks whether the files that a message names are there, and are what the message says they are. */
@injectable()
export class MediaCheck {
  constructor(@inject(MediaShelf) private readonly shelf: MediaShelf) {}

  /**
   * Throws 131009 for an id that is not of this number. What Meta finds out only when it fetches the file is returned:
   * the message is accepted and fails later with it.
   */
  async check(account: Account, files: readonly SentMedia[]): Promise<GraphError | undefined> {
    const reasons = await Promise.all(files.map((file) => this.reason(account, file)));
    const reason = reasons.find((each) => each !== undefined);
    return reason === undefined ? undefined : new GraphError(131053, reason);
  }

  private async reason(account: Account, { param, kind, id, link, voice }: SentMedia): Promise<string | undefined> {
    if (link !== undefined) return unfitLink(kind, link, voice);
    const media = id === undefined ? undefined : await this.shelf.get(id);
    if (!media || media.phoneNumberId !== account.phoneNumberId)
      throw invalid(`Param ${param}['id'] is not a valid whatsapp business account media attachment ID`);
    const animated = kind === 'sticker' && (await this.isAnimated(media));
    return unfitUpload(kind, { mimeType: media.mimeType, bytes: media.bytes, animated }, voice);
  }

  private async isAnimated(media: ShelvedMedia): Promise<boolean> {
    const head = await this.shelf.head(media, WEBP_HEAD_BYTES);
    return head.subarray(12, 16).toString('latin1') === 'VP8X' && ((head[20] ?? 0) & ANIMATION_BIT) !== 0;
  }
}
