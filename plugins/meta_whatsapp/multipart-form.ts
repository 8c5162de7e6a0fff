import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

/** A form with one file, sent as `multipart/form-data`. */
export interface MultipartForm {
  readonly fields: { readonly [name: string]: string };
  readonly file: {
    readonly name: string;
    readonly filename: string;
    readonly contentType: string;
    /** Bytes that `content` gives. */
    readonly size: number;
    readonly content: AsyncIterable<Uint8Array>;
  };
}

/** The form as a request's body: the file passes through and is never held as a whole. RFC 7578. */
export function multipartBody({ fields, file }: MultipartForm): {
  readonly headers: { readonly 'content-type': string; readonly 'content-length': string };
  readonly body: Readable;
} {
  const boundary = `stubwire-${randomUUID()}`;
  const part = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n`;
  const named = (name: string) => `name="${quoted(name)}"`;
  const before = Object.entries(fields).map(([name, value]) => `${part(named(name))}\r\n${value}\r\n`);
  const fileHead = `${part(`${named(file.name)}; filename="${quoted(file.filename)}"`)}content-type: ${oneLine(file.contentType)}\r\n\r\n`;
  const head = Buffer.from(before.join('') + fileHead);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* file.content;
    yield tail;
  }
  const length = head.length + file.size + tail.length;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(length) },
    body: Readable.from(parts(), { objectMode: false }),
  };
}

/** As browsers write names in a header of a part. */
const quoted = (text: string): string => oneLine(text).replaceAll('"', '%22');
const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, ' ');
