import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly bytes: number;
  /** The body as text; of an upload its beginning. */
  readonly text: string;
  readonly sha256: string;
}

interface Scripted {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer | AsyncIterable<Uint8Array>;
}

/** A file of a client as this host has it. */
export interface HeldMedia {
  readonly content: Buffer;
  readonly mimeType: string;
  /** What it says of it, where that is not the truth. */
  readonly metadata?: { readonly [key: string]: unknown };
}

/** The media calls of Meta's Graph API on a port of its own, and any answer that a test scripts. */
export class FakeMediaGraph {
  readonly heard: Heard[] = [];
  readonly media = new Map<string, HeldMedia>();
  /** Answers in place of the usual ones; `undefined`: the usual one. */
  script: (request: Heard) => Scripted | undefined = () => undefined;
  /** Addresses given out before this count are over. */
  addressesOver = 0;
  private addresses = 0;
  private uploads = 0;
  private messages = 0;
  private readonly server: Server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  count(method: string, path: RegExp): number {
    return this.heard.filter((one) => one.method === method && path.test(one.path)).length;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    const hash = createHash('sha256');
    let bytes = 0;
    let text = '';
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      if (text.length < 4_000) text += chunk.toString('latin1').slice(0, 4_000);
    }
    const heard: Heard = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      token: request.headers.authorization,
      bytes,
      text,
      sha256: hash.digest('hex'),
    };
    this.heard.push(heard);
    const { status, headers = {}, body = '' } = this.script(heard) ?? this.usual(heard);
    response.writeHead(status, headers);
    if (typeof body === 'string' || Buffer.isBuffer(body)) {
      response.end(body);
      return;
    }
    for await (const chunk of body) response.write(chunk);
    response.end();
  }

  private usual({ method, path, query }: Heard): Scripted {
    if (method === 'POST' && path.endsWith('/media')) {
      this.uploads += 1;
      return json(200, { id: `upload.${this.uploads}` });
    }
    if (method === 'POST' && path.endsWith('/messages')) {
      this.messages += 1;
      return json(200, { messages: [{ id: `wamid.${this.messages}` }] });
    }
    if (path.startsWith('/download/')) {
      const [, , id = '', address = '0'] = path.split('/');
      if (Number(address) <= this.addressesOver) return json(404, { error: { message: 'gone', code: 100 } });
      return { status: 200, body: this.media.get(id)!.content };
    }
    const id = path.split('/').at(-1)!;
    const held = this.media.get(id);
    if (!held || !query.has('phone_number_id'))
      return json(400, { error: { message: `Object with ID '${id}' does not exist`, code: 100, error_subcode: 33 } });
    this.addresses += 1;
    const { content, mimeType, metadata } = held;
    return json(200, {
      messaging_product: 'whatsapp',
      id,
      url: `${this.url}/download/${id}/${this.addresses}`,
      mime_type: mimeType,
      sha256: createHash('sha256').update(content).digest('hex'),
      file_size: String(content.length),
      ...metadata,
    });
  }
}

export const json = (status: number, body: unknown): Scripted => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
