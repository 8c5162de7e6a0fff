import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable, multiInject, optional } from 'inversify';
import { z } from 'zod';
import { RedisClock } from '../actor/redis-clock.js';
import { listed } from '../config/nearest.js';
import { Channel, type LaneGroup } from '../contract/channel.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { LaneBacklog } from '../notification/lane-backlog.js';
import { LanePauses } from '../notification/lane-pauses.js';
import { QueuePace } from '../queue/queue-pace.js';
import { RedisConnection } from '../redis/connection.js';
import { time } from './json-schema.js';
import { pageOfArray, pageQuery, pageSchema } from './paging.js';

const profileSchema = z.object({
  profile: z.string().describe('Its name in the paths below; a channel without profiles has the name of its queue'),
  queue: z.string(),
  paused: z.boolean(),
  since: time.nullable(),
  problem: z
    .object({ code: z.string(), message: z.string(), provider_code: z.number().optional() })
    .optional()
    .describe('Why it is paused'),
  waiting_addresses: z.number().describe('Addresses with messages to send'),
  messages_per_second: z.number().nullable().describe('Now; null where the channel sets no limit'),
});
const channelSchema = z.object({ channel: z.string(), profiles: z.array(profileSchema) });
type ProfileView = z.output<typeof profileSchema>;

/** The name of a group of lanes for users. */
const nameOf = ({ profile, queue }: LaneGroup): string => profile ?? queue;

/** `/api/channels`: the profiles of every channel, whether they are paused and why; pause and resume by hand. */
@injectable()
export class ChannelRoutes implements HttpRoutes {
  readonly name = 'channels';
  readonly access = 'token';

  constructor(
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(QueuePace) private readonly pace: QueuePace,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(LaneBacklog) private readonly backlog: LaneBacklog,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @multiInject(Channel) @optional() private readonly channels: Channel[] = [],
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(channelSchema) } };
    app.get('/api/channels', { schema: list }, async ({ query }) => {
      const page = pageOfArray(this.channels, query.cursor, query.limit);
      const views = page.items.map(async ({ id, lanes }) => ({
        channel: id,
        profiles: await Promise.all(lanes.map((group) => this.view(group))),
      }));
      return { ...page, items: await this.redis.orAway(Promise.all(views)) };
    });

    const params = z.strictObject({ channel: z.string().max(64), profile: z.string().max(100) });
    const verb = { params, response: { 200: profileSchema } };
    const reason = z.strictObject({ reason: z.string().min(1).max(500).optional() }).default({});
    const path = '/api/channels/:channel/profiles/:profile';
    app.post(`${path}/pause`, { schema: { ...verb, body: reason } }, async ({ params, body, caller }) => {
      const group = this.groupOf(params.channel, params.profile);
      await this.redis.orAway(this.pauses.pauseByHand(group.queue, caller.name, body.reason));
      return this.redis.orAway(this.view(group));
    });
    app.post(`${path}/resume`, { schema: verb }, async ({ params }) => {
      const group = this.groupOf(params.channel, params.profile);
      await this.redis.orAway(this.pauses.resume(group.queue));
      return this.redis.orAway(this.view(group));
    });
  }

  private groupOf(channelId: string, profile: string): LaneGroup {
    const channel = this.channels.find(({ id }) => id === channelId);
    if (!channel)
      throw new StubwireError(
        'profile_unknown',
        `There is no channel "${channelId}". There are: ${listed(this.channels.map(({ id }) => id))}.`,
      );
    const group = channel.lanes.find((each) => nameOf(each) === profile);
    if (group) return group;
    throw new StubwireError(
      'profile_unknown',
      `The channel "${channelId}" has no profile "${profile}". It has: ${listed(channel.lanes.map(nameOf))}.`,
    );
  }

  private async view(group: LaneGroup): Promise<ProfileView> {
    const { queue, messagesPerSecond } = group;
    const nowMs = await this.clock.nowMs();
    const [{ paused, pause }, perSecond, waiting_addresses] = await Promise.all([
      this.pauses.state(queue),
      messagesPerSecond === undefined ? null : this.pace.perSecond(queue, messagesPerSecond, nowMs),
      this.backlog.addresses(queue),
    ]);
    return {
      profile: nameOf(group),
      queue,
      paused,
      since: pause?.since ?? null,
      ...(pause && { problem: pause.problem }),
      waiting_addresses,
      messages_per_second: perSecond,
    };
  }
}
