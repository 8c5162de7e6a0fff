import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface CalleeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Handler = (request: CalleeRequest, response: ServerResponse) => void;

/** Another system on this machine that answers as a test says, and notes what it was asked. */
export class CalleeServer {
  readonly requests: CalleeRequest[] = [];
  private readonly handlers = new Map<string, Handler>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method = '', url: path = '', headers } = incoming;
        const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
        this.requests.push(request);
        const handler = this.handlers.get(path.split('?')[0]!);
        if (handler) handler(request, response);
        else response.writeHead(404).end();
      });
    });
  }

  /** Listens on a free port of this machine. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How a path is answered from now on. */
  at(path: string, handler: Handler): this {
    this.handlers.set(path, handler);
    return this;
  }

  /** The requests of a path so far. */
  of(path: string): CalleeRequest[] {
    return this.requests.filter((request) => request.path.split('?')[0] === path);
  }
}

/** Answers with JSON. */
export const json =
  (body: unknown, status = 200): Handler =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** Answers each request with the next of these, and from the last on with that. */
export function inTurn(...handlers: readonly Handler[]): Handler {
  let next = 0;
  return (request, response) => handlers[Math.min(next++, handlers.length - 1)]!(request, response);
}
