import type { Readable } from 'node:stream';
import { inject, injectable } from 'inversify';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { maxBytesOf, UPLOAD_TYPES } from '../media/media-kinds.js';
import { MediaLinks } from '../media/media-links.js';
import { MediaShelf, MediaTooLarge, type ShelvedMedia } from '../media/media-shelf.js';
import type { GraphAnswer } from './graph-answer.js';
import { badParam, GraphError, objectUnknown } from './graph-error.js';

/** One part of an upload. */
export type UploadPart =
  | { readonly type: 'field'; readonly fieldname: string; readonly value: unknown }
  | {
      readonly type: 'file';
      readonly fieldname: string;
      readonly filename: string;
      readonly mimetype: string;
      readonly file: Readable;
    };

const ok = (body: unknown): GraphAnswer => ({ status: 200, body });
const required = (name: string): GraphError => badParam(`The parameter ${name} is required.`);

/** Calls about files: upload, look up, delete. */
@injectable()
export class MediaCalls {
  constructor(
    @inject(MediaShelf) private readonly shelf: MediaShelf,
    @inject(MediaLinks) private readonly links: MediaLinks,
    @inject(AccountBook) private readonly accounts: AccountBook,
  ) {}

  /** The account that a file belongs to; with `numberId`, only if it is that number's. */
  async ownerOf(id: string, numberId: string | undefined): Promise<Account | undefined> {
    const media = await this.shelf.get(id);
    if (!media || (numberId !== undefined && numberId !== media.phoneNumberId)) return undefined;
    return this.accounts.ofNumberId(media.phoneNumberId);
  }

  /** Takes the parts in any order. What turns out wrong after the file was stored takes the file away again. */
  async upload(account: Account, parts: AsyncIterable<UploadPart>): Promise<GraphAnswer> {
    const fields = new Map<string, unknown>();
    let stored: ShelvedMedia | undefined;
    let wrong: GraphError | undefined;
    for await (const part of parts) {
      if (part.type === 'field') fields.set(part.fieldname, part.value);
      else if (part.fieldname !== 'file' || stored || wrong) part.file.resume();
      else {
        const taken = await this.take(account, part);
        if (taken instanceof GraphError) wrong = taken;
        else stored = taken;
      }
    }
    const problem = this.problem(fields, stored) ?? wrong ?? (stored ? undefined : required('file'));
    if (problem) {
      if (stored) await this.shelf.remove(stored.id);
      throw problem;
    }
    return ok({ id: stored!.id });
  }

  async describe(id: string): Promise<GraphAnswer> {
    const media = await this.shelf.get(id);
    if (!media) throw objectUnknown('get', id);
    return ok({
      messaging_product: 'whatsapp',
      url: await this.links.urlOf(media),
      mime_type: media.mimeType,
      sha256: media.sha256,
      file_size: media.bytes,
      id,
    });
  }

  async remove(id: string): Promise<GraphAnswer> {
    await this.shelf.remove(id);
    return ok({ success: true });
  }

  private async take(
    account: Account,
    { mimetype, filename, file }: Extract<UploadPart, { type: 'file' }>,
  ): Promise<ShelvedMedia | GraphError> {
    const maxBytes = maxBytesOf(mimetype);
    if (maxBytes === undefined) {
      file.resume();
      return badParam(
        `Param file must be a file with one of the following types: ${UPLOAD_TYPES.join(', ')}. Received file of type '${mimetype}'.`,
      );
    }
    try {
      const { phoneNumberId } = account;
      return await this.shelf.put(file, { phoneNumberId, from: 'business', mimeType: mimetype, filename, maxBytes });
    } catch (error) {
      if (!(error instanceof MediaTooLarge)) throw error;
      return new GraphError(131053, `Media upload error: a file of type ${mimetype} has at most ${maxBytes} bytes.`);
    }
  }

  private problem(fields: ReadonlyMap<string, unknown>, stored: ShelvedMedia | undefined): GraphError | undefined {
    if (!fields.has('messaging_product')) return required('messaging_product');
    if (String(fields.get('messaging_product')).toLowerCase() !== 'whatsapp')
      return badParam('Param messaging_product must be one of {WHATSAPP}.');
    const type = fields.get('type');
    if (
      stored &&
      typeof type === 'string' &&
      type.includes('/') &&
      type.split(';')[0] !== stored.mimeType.split(';')[0]
    )
      return badParam(`Param type is ${type}, and the file came as ${stored.mimeType}.`);
    if (stored?.bytes === 0) return badParam('Param file must not be empty.');
    return undefined;
  }
}
