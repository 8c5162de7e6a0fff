import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Shows both ends, and every proxy between them, that the stream lives. */
const HEART_BEAT_MS = 15_000;

/** An answer that goes on: server-sent events over one response. */
export class ServerSentEvents {
  private readonly response: ServerResponse;
  private readonly heartBeat: NodeJS.Timeout;

  constructor(reply: FastifyReply, onClose: () => void) {
    reply.hijack();
    this.response = reply.raw;
    this.response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    this.response.write(': watching\n\n');
    this.heartBeat = setInterval(() => this.response.write(': still here\n\n'), HEART_BEAT_MS);
    this.response.once('close', () => {
      clearInterval(this.heartBeat);
      onClose();
    });
  }

  /** Resolves when there is room for the next one, or the other end is gone. */
  async send(type: string, data: unknown, id?: string): Promise<void> {
    if (this.response.closed) return;
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    const hasRoom = this.response.write(`${idLine}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    if (hasRoom) return;
    const over = new AbortController(); // else each wait would leave the listeners of the other
    const { signal } = over;
    await Promise.race([once(this.response, 'drain', { signal }), once(this.response, 'close', { signal })]);
    over.abort();
  }

  end(): void {
    this.response.end();
  }
}
