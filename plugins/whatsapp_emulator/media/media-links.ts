import { createHmac, timingSafeEqual } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { Clock, HostAddress } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { MediaShelf, type ShelvedMedia } from './media-shelf.js';

/** The path stands for a host of its own at Meta, `lookaside.fbsbx.com`. */
export const DOWNLOAD_PATH = '/emulator/lookaside/whatsapp_business/attachments/';
const VALID_MS = 300_000;

/** What a download link carries. */
export interface LinkQuery {
  readonly mid: string;
  /** When it ends, ms on the product clock. */
  readonly ext: string;
  readonly hash: string;
}

/** The links that files are downloaded by: signed, good for 5 minutes, nothing of them is stored. */
@injectable()
export class MediaLinks {
  constructor(
    @inject(MediaShelf) private readonly shelf: MediaShelf,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(HostAddress) private readonly host: HostAddress,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  /** A new link on this host. */
  async urlOf(media: ShelvedMedia): Promise<string> {
    const ext = String((await this.clock.nowMs()) + VALID_MS);
    const query: LinkQuery = { mid: media.id, ext, hash: this.hashOf(media, ext) };
    return new URL(`${DOWNLOAD_PATH}?${new URLSearchParams({ ...query })}`, this.host.url).href;
  }

  /** The file that a link leads to, or undefined: the link has ended or is none of ours, or the file is gone. */
  async read({ mid, ext, hash }: LinkQuery): Promise<ShelvedMedia | undefined> {
    const media = await this.shelf.get(mid);
    if (!media || Number(ext) <= (await this.clock.nowMs())) return undefined;
    const expected = Buffer.from(this.hashOf(media, ext));
    const given = Buffer.from(hash);
    return expected.length === given.length && timingSafeEqual(expected, given) ? media : undefined;
  }

  private hashOf(media: ShelvedMedia, ext: string): string {
    const secret = this.accounts.ofNumberId(media.phoneNumberId)?.appSecret ?? '';
    return createHmac('sha256', secret).update(`${media.id} ${ext}`).digest('base64url');
  }
}
