import { inject, injectable } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { RedisClock } from '../actor/redis-clock.js';
import type { Write } from '../contract/actor-kind.js';
import { StubwireError } from '../errors.js';
import { RedisConnection, STORE_WAIT_MS } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { type Page, pageOf } from '../redis/page.js';
import { derivedStubref, stubpostIdOf } from '../stub/ids.js';
import { StubDesk } from '../stub/stub-desk.js';
import type { StubLetter } from '../stub/stub-letter.js';
import { StubStore } from '../stub/stub-store.js';
import { Templates } from '../template/templates.js';
import { type NewUnroutedItem, readUnrouted, type UnroutedItem, unroutedWrites } from './unrouted-item.js';

@injectable()
export class UnroutedInbox {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(Templates) private readonly templates: Templates,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(StubDesk) private readonly desk: StubDesk,
  ) {}

  /** Pure: the writes that keep an item, for the commit of whoever could not route it. */
  writes(item: NewUnroutedItem): Write[] {
    return unroutedWrites(this.keys, item);
  }

  /** Newest first. */
  list(cursor: string | undefined, limit: number): Promise<Page<UnroutedItem>> {
    return pageOf(this.redis.client, this.keys.unroutedIndex(), cursor, limit, async (ids) => {
      const records = await this.redis.client.hmget(this.keys.unrouted(), ...ids);
      return records.map((record) => (record === null ? undefined : readUnrouted(record)));
    });
  }

  /** Routes the message to a stub, or to a new stub of a template. Its stubpost names the `token`. A repeat gives the same answer while the item exists. */
  async route(
    id: string,
    target: { readonly stubref: string } | { readonly template: string },
    token?: string,
  ): Promise<{ stubref: string; stubpostuuid: string }> {
    const item = await this.get(id);
    const { action, feedback, client } = item.feedback ?? {
      action: '_update',
      feedback: { incoming: item.data },
      client: undefined,
    };
    const stubref = 'stubref' in target ? target.stubref : derivedStubref(await this.clock.nowMs(), `unrouted ${id}`);
    const to = { kind: 'stub', id: stubref };
    if ('stubref' in target) {
      if (!(await this.stubs.exists(stubref)))
        throw new StubwireError('stub_unknown', `There is no stub "${stubref}". GET /api/stubs lists them.`);
    } else {
      const problem = this.templates.creationProblem(target.template);
      if (problem) throw new StubwireError(problem.code, problem.message);
      const create: StubLetter = {
        type: 'create',
        template: target.template,
        subject: client ? `Message from ${client.name}` : item.path,
        message: '',
        data: {},
        contact_lists: {},
        ...(client && { created_by: client }),
        posted_by: token === undefined ? {} : { token },
      };
      await this.mail.tell([{ to, id: `unrouted:${id}:create`, body: create }]);
    }
    const letterId = `unrouted:${id}`;
    const body: StubLetter = { type: 'feedback', action, feedback, ...(client && { client }) };
    await this.mail.tell([{ to, id: letterId, body }]);
    await this.remove(id);
    const stubpostuuid = stubpostIdOf(stubref, letterId);
    await this.desk.awaitPost(stubpostuuid, STORE_WAIT_MS);
    return { stubref, stubpostuuid };
  }

  async dismiss(id: string): Promise<void> {
    await this.get(id);
    await this.remove(id);
  }

  count(): Promise<number> {
    return this.redis.client.zcard(this.keys.unroutedIndex());
  }

  private async get(id: string): Promise<UnroutedItem> {
    const record = await this.redis.client.hget(this.keys.unrouted(), id);
    if (record === null)
      throw new StubwireError('item_unknown', `There is no unrouted message "${id}". GET /api/unrouted lists them.`);
    return readUnrouted(record);
  }

  private async remove(id: string): Promise<void> {
    await this.redis.client.multi().zrem(this.keys.unroutedIndex(), id).hdel(this.keys.unrouted(), id).exec();
  }
}
