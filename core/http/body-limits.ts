import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StubwireError } from '../errors.js';

/** How long a body may take to arrive, ms. An upload may set its own: `config: { bodyWaitMs }`. */
const BODY_WAIT_MS = 30_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    bodyWaitMs?: number;
  }
}

/** A slow body occupies memory and a connection, so its caller gets `request_too_slow`. */
export function limitBodyTime(app: FastifyInstance, waitMs = BODY_WAIT_MS): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) {
      const late = setTimeout(() => tooSlow(request, reply), request.routeOptions.config.bodyWaitMs ?? waitMs);
      request.raw.once('close', () => clearTimeout(late)).once('end', () => clearTimeout(late));
    }
    done();
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function tooSlow(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.complete) return;
  if (reply.sent) {
    request.raw.destroy(); // refused earlier, but the body still arrives
    return;
  }
  reply.header('connection', 'close');
  reply.send(
    new StubwireError('request_too_slow', 'The body did not arrive in time. Send it again, faster or smaller.'),
  );
}

/** Bodies up to this size do not use the budget, so that a few large ones cannot keep small ones out. */
const SMALL_BYTES = 100_000;

/**
 * Large bodies that arrive at the same time share a budget of memory. A body that would exceed it gets `rate_limited` before
 * it is read. `bodyBytes` is the assumed size of a body of unknown length.
 */
export class BodyBudget {
  private used = 0;

  constructor(
    private readonly bytes: number,
    private readonly bodyBytes: number,
  ) {}

  /** Reserves the request's bytes until its response is closed. Errors: `rate_limited`. */
  take(request: FastifyRequest, reply: FastifyReply): void {
    const length = request.headers['content-length'];
    const share = Math.min(length === undefined ? this.bodyBytes : Number(length), this.bodyBytes);
    if (share <= SMALL_BYTES) return;
    if (this.used + share > this.bytes)
      throw new StubwireError(
        'rate_limited',
        'Too many large bodies arrive at the same time. Send this one again in a moment.',
      );
    this.used += share;
    reply.raw.once('close', () => {
      this.used -= share;
    });
  }
}
