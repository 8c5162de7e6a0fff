import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { Clock, type HttpRoutes, RedisConnection, StubwireError } from '../../../core/index.js';
import { ChatReader } from '../chat/chat-reader.js';
import { GraphCallLog } from '../chat/graph-call-log.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { FaultRequest } from '../fault/fault.js';
import { FaultDesk } from '../fault/fault-desk.js';
import { WebhookPump } from '../webhook/webhook-pump.js';

const ADVANCE_MAX_MS = 400 * 86_400_000;
const tags = ['emulator'];

/** The bench: what was called, what goes wrong, what time it is. */
@injectable()
export class OperatorRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: clock, faults, calls';
  readonly access = 'token';

  constructor(
    @inject(GraphCallLog) private readonly requests: GraphCallLog,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(FaultDesk) private readonly faults: FaultDesk,
    @inject(WebhookPump) private readonly pump: WebhookPump,
    @inject(Clock) private readonly clock: Clock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
  ) {}

  register(scope: FastifyInstance): void {
    const routes = scope.withTypeProvider<ZodTypeProvider>();

    const Filter = z.object({
      client: z.string().max(140).optional(),
      limit: z.coerce.number().int().min(1).max(100_000).default(1_000),
    });
    routes.get(
      '/emulator/requests',
      { schema: { tags, summary: 'The newest Graph calls received, oldest first', querystring: Filter } },
      async ({ query }) => {
        if (query.client === undefined) return this.requests.list(query.limit);
        const client = await this.reader.resolve(query.client);
        return client === undefined ? [] : this.requests.list(query.limit, client);
      },
    );

    routes.get('/emulator/clock', { schema: { tags, summary: 'The time that the product goes by' } }, () =>
      this.time(),
    );
    const Advance = z.strictObject({ advance_ms: z.int().min(0).max(ADVANCE_MAX_MS) });
    routes.post(
      '/emulator/clock',
      { schema: { tags, summary: 'Moves the clock forward, for the engine too', body: Advance } },
      async ({ body }) => {
        await this.redis.orAway(this.clock.advance(body.advance_ms));
        this.pump.nudge();
        return this.time();
      },
    );

    routes.get('/emulator/faults', { schema: { tags, summary: 'What is asked to go wrong' } }, () =>
      this.faults.list(),
    );
    routes.post(
      '/emulator/faults',
      { schema: { tags, summary: 'Asks for something to go wrong', body: FaultRequest } },
      async ({ body }, reply) => reply.code(201).send(await this.faults.add(body)),
    );
    routes.delete('/emulator/faults', { schema: { tags, summary: 'Ends all faults' } }, async () => ({
      removed: await this.faults.remove(),
    }));
    routes.delete(
      '/emulator/faults/:id',
      { schema: { tags, summary: 'Ends one fault', params: z.object({ id: z.string().max(20) }) } },
      async ({ params }) => {
        const removed = await this.faults.remove(params.id);
        if (removed === 0) throw new StubwireError('item_unknown', `No fault has the id "${params.id}".`);
        return { removed };
      },
    );
  }

  private async time() {
    const [nowMs, offset] = await this.redis.orAway(
      Promise.all([this.clock.nowMs(), this.redis.client.get(this.keys.clockOffset())]),
    );
    return { now: new Date(nowMs).toISOString(), now_ms: nowMs, offset_ms: Number(offset ?? 0) };
  }
}
