import type { FastifyRequest } from 'fastify';
import { StubwireError } from '../errors.js';
import type { Received } from '../file/blob-folder.js';
import type { FileStore } from '../file/file-store.js';

export const MAX_FILES = 10;
/** RFC 2046, section 5.1.1. */
const BOUNDARY = /;\s*boundary=(?:"[^"]{1,70}"|[^\s";]{1,70})\s*(?:;|$)/i;

/** One file of an upload, received and not yet kept. */
export interface UploadedFile {
  readonly received: Received;
  readonly originalname: string;
  readonly contentType: string;
}

/**
 * Receives every file of a multipart request. All of them, or none: whatever goes wrong leaves nothing.
 * Errors: `body_invalid`, `file_too_large`, `validation_failed`.
 */
export async function receiveUpload(request: FastifyRequest, files: FileStore): Promise<UploadedFile[]> {
  if (!request.isMultipart()) {
    throw new StubwireError(
      'body_invalid',
      'The body is not multipart/form-data. Send each file as a part with a filename: curl -F file=@photo.jpg.',
    );
  }
  if (!BOUNDARY.test(request.headers['content-type'] ?? '')) {
    throw new StubwireError(
      'body_invalid',
      'The Content-Type of the upload has no boundary of 1 to 70 characters. Let the client choose it: curl -F does.',
    );
  }
  const uploaded: UploadedFile[] = [];
  try {
    // One byte over the limit is let through, so that the store sees that there is more.
    for await (const part of request.files({ limits: { fileSize: files.maxBytes + 1 } })) {
      const received = await files.receive(part.file);
      uploaded.push({ received, originalname: part.filename ?? '', contentType: part.mimetype });
    }
    if (uploaded.length === 0) throw noFile();
    return uploaded;
  } catch (error) {
    await discardUpload(uploaded, files);
    request.raw.resume(); // the rest is read and dropped, so that the client gets to read the answer
    throw uploadError(error);
  }
}

export async function discardUpload(uploaded: readonly UploadedFile[], files: FileStore): Promise<void> {
  for (const { received } of uploaded) await files.discard(received);
}

function uploadError(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT' || code === 'FST_FIELDS_LIMIT') {
    return new StubwireError(
      'validation_failed',
      `A request takes at most ${MAX_FILES} files. Send the rest in another one.`,
    );
  }
  const isMalformed = code === 'FST_MP_PREMATURE_CLOSE' || /multipart|terminated early|Boundary/i.test(message ?? '');
  if (error instanceof StubwireError || !isMalformed) return error;
  return new StubwireError(
    'body_invalid',
    'The multipart body breaks off or has no valid boundary. Send it again, whole.',
  );
}

const noFile = (): StubwireError =>
  new StubwireError(
    'validation_failed',
    'The body holds no file. Send each file as a part with a filename: curl -F file=@photo.jpg.',
  );
