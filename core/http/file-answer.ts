import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FileStore, StoredFile } from '../file/file-store.js';

type OpenFile = NonNullable<Awaited<ReturnType<FileStore['open']>>>;

/** Answers with a file's content as a download, or 304 where the asker has it. */
export function sendFile({ file, content }: OpenFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  describeFile(reply, file);
  if (request.headers['if-none-match']?.includes(file.sha256)) {
    content.destroy();
    return reply.code(304).send();
  }
  return reply.header('content-length', file.size).send(content);
}

/** What came from outside must not run as a page of ours: it is saved, not shown, and in a sandbox where it is shown. */
function describeFile(reply: FastifyReply, { contentType, originalname, sha256 }: StoredFile): void {
  reply
    .type(contentType)
    .header(
      'content-disposition',
      `attachment; filename="${asciiName(originalname)}"; filename*=UTF-8''${encodeName(originalname)}`,
    )
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cache-control', 'private, no-cache')
    .header('etag', `"${sha256}"`);
}

/** For clients that do not know `filename*`. */
const asciiName = (name: string): string => name.replace(/[^ -~]|["\\%]/g, '_');

/** RFC 5987: percent-encoding of all but its `attr-char`. */
const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
