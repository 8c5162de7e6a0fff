import { createHmac, timingSafeEqual } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { Pool } from 'undici';

/**
 * What a user would write by hand, as a program of its own: a signed webhook comes in, is taken once, and a worker
 * answers each text with one text. No order, no state, no routing, no record of what was sent.
 */
const [socket = '', secret = '', token = '', graphUrl = '', role = 'all'] = process.argv.slice(2);

interface Change {
  readonly value: {
    readonly metadata: { readonly phone_number_id: string };
    readonly messages?: readonly {
      readonly id: string;
      readonly from: string;
      readonly text: { readonly body: string };
    }[];
  };
}
type Job = { readonly phone: string; readonly to: string; readonly text: string };

const redis = new Redis({ path: socket, maxRetriesPerRequest: null });
const queue = new Queue<Job>('messages', {
  connection: redis,
  defaultJobOptions: { removeOnComplete: true, attempts: 5, backoff: { type: 'exponential', delay: 1_000 } },
});
const graph = new Pool(graphUrl, { connections: 128, pipelining: 1 });

if (role === 'all') {
  const send = async ({ data: { phone, to, text } }: { readonly data: Job }): Promise<void> => {
    const { statusCode, body } = await graph.request({
      method: 'POST',
      path: `/v25.0/${phone}/messages`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: `+${to}`, type: 'text', text: { body: text } }),
    });
    const answer = await body.text();
    if (statusCode !== 200) throw new Error(answer);
  };
  new Worker<Job>('messages', send, { connection: redis, concurrency: 50 });
}

const app = Fastify({ logger: false });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post('/webhooks/meta_whatsapp', async (request, reply) => {
  const raw = request.body as Buffer;
  const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? '').slice('sha256='.length), 'hex');
  const expected = createHmac('sha256', secret).update(raw).digest();
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return reply.code(401).send();
  const body = JSON.parse(raw.toString('utf8')) as {
    readonly entry: readonly { readonly changes: readonly Change[] }[];
  };
  for (const { value } of body.entry.flatMap(({ changes }) => changes)) {
    for (const { id, from, text } of value.messages ?? []) {
      if ((await redis.set(`seen:${id}`, '1', 'EX', 8 * 86_400, 'NX')) === null) continue;
      await queue.add('message', { phone: value.metadata.phone_number_id, to: from, text: text.body });
    }
  }
  return reply.code(200).send();
});
console.log(`Yardstick is ready: ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
