import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import { ServerSentEvents } from '../../core/http/server-sent-events.js';

describe('Server-sent events to a reader who is slower than they come', () => {
  it('wait for room, and leave nothing behind with each wait', async () => {
    const app = fastify();
    let response: ServerResponse | undefined;
    let waits = 0;
    app.get('/', async (_, reply) => {
      const events = new ServerSentEvents(reply, () => undefined);
      response = reply.raw;
      const listening = reply.raw.listenerCount('close');
      for (let n = 0; n < 20; n++) {
        const sent = events.send('event', 'x'.repeat(200_000));
        waits += reply.raw.writableNeedDrain ? 1 : 0;
        await sent;
      }
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(reply.raw.listenerCount('close'), listening);
      events.end();
    });
    const answer = await fetch(await app.listen({ port: 0, host: '127.0.0.1' }));
    assert.ok((await answer.text()).length > 4_000_000);
    assert.ok(waits > 1 && response?.writableFinished, `${waits} waits`);
    await app.close();
  });
});
