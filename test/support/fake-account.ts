import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Graph call as it arrived. */
export interface AccountCall {
  readonly method: string;
  /** Without the version: `/200000000000001/message_templates`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string;
  // biome-ignore lint/suspicious/noExplicitAny: read as Meta would, field by field
  readonly body: any;
}

export interface FakeReply {
  readonly status?: number;
  readonly body: unknown;
}
type Handler = (call: AccountCall) => FakeReply | undefined;

/** Meta's refusal of a token. */
export const TOKEN_REFUSED: FakeReply = {
  status: 401,
  body: { error: { message: 'Invalid OAuth access token: secret-token', type: 'OAuthException', code: 190 } },
};

/** A `FakeAccount` plays the calls about an account that the emulator has no states for; what is not handled is Meta's 404. */
export class FakeAccount {
  readonly calls: AccountCall[] = [];
  private readonly server: Server;
  private readonly handlers = new Map<string, Handler>();

  constructor() {
    this.server = createServer(async (request, response) => {
      const call = await callOf(request);
      this.calls.push(call);
      const { status = 200, body } = this.handlers.get(`${call.method} ${call.path}`)?.(call) ?? UNKNOWN;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  /** `GET /200000000000001/message_templates`. */
  on(methodAndPath: string, handler: Handler): this {
    this.handlers.set(methodAndPath, handler);
    return this;
  }

  of(methodAndPath: string): AccountCall[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === methodAndPath);
  }

  async start(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

const UNKNOWN: FakeReply = {
  status: 404,
  body: { error: { message: 'Unknown path components', type: 'OAuthException', code: 2500 } },
};

async function callOf(request: IncomingMessage): Promise<AccountCall> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const url = new URL(request.url!, 'http://graph');
  return {
    method: request.method!,
    path: url.pathname.replace(/^\/v\d+\.\d+/, ''),
    query: url.searchParams,
    token: String(request.headers.authorization).replace('Bearer ', ''),
    body: text === '' ? undefined : JSON.parse(text),
  };
}
