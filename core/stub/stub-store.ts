import { inject, injectable } from 'inversify';
import type { DeliveryView, Problem, Stub, Stubpost } from '../contract/stub.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { isPending, isUnderWay, readDelivery, viewOf } from '../notification/delivery.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { type Page, pageOf } from '../redis/page.js';

/** A stubpost as the API shows it: its deliveries joined in, with their statuses as they are now. */
export type PostView = Omit<Stubpost, 'v' | 'notifications'> & {
  readonly notifications: {
    readonly [key: string]: {
      readonly success: boolean;
      /** Whether `success` may still become true: nothing has failed, and something is queued or being sent. */
      readonly pending?: true;
      readonly skipped?: true;
      readonly error?: Problem;
      readonly deliveries: readonly DeliveryView[];
    };
  };
};

export interface StubFilter {
  readonly template?: string | undefined;
  readonly state?: string | undefined;
  readonly contact?: string | undefined;
}

/** Stubs of one template in a state that it no longer has. */
export interface StrandedStubs {
  readonly state: string;
  readonly count: number;
  /** The first few stubrefs, newest first. */
  readonly newest: readonly string[];
}

export interface StrandedPlace extends StrandedStubs {
  readonly template: string;
}

/** Unfinished stubs of a template that is not loaded. */
export interface WaitingStubs {
  readonly template: string;
  readonly count: number;
}

interface DoneStatesRecord {
  readonly v: 1;
  readonly done: readonly string[];
}

const MAX_NAMED = 5;
/** The state of finished stubs, whether a template marks it so or not. */
const DONE = 'done';

/** Reads stubs and their logs. Only a stub's own actor writes them. */
@injectable()
export class StubStore {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async get(stubref: string): Promise<Stub | undefined> {
    const record = await this.redis.client.hget(this.keys.actor('stub', stubref), 'state');
    return record ? readStub(record) : undefined;
  }

  async exists(stubref: string): Promise<boolean> {
    return (await this.redis.client.hexists(this.keys.actor('stub', stubref), 'state')) === 1;
  }

  /** Newest first. */
  list({ template, state, contact }: StubFilter, cursor: string | undefined, limit: number): Promise<Page<Stub>> {
    const index = contact
      ? this.keys.stubsOfContact(contact)
      : template && state
        ? this.keys.stubsInState(template, state)
        : template
          ? this.keys.stubsOfTemplate(template)
          : this.keys.stubs();
    return pageOf(this.redis.client, index, cursor, limit, async (refs) => {
      const stubs = await Promise.all(refs.map((ref) => this.get(ref)));
      return stubs.map((stub) =>
        stub && (!template || stub.template === template) && (!state || stub.state === state) ? stub : undefined,
      );
    });
  }

  /** Stubs of a template that stand in a state which it no longer has. `states` are those that it has. */
  async stranded(template: string, states: { has(state: string): boolean }): Promise<StrandedStubs[]> {
    const ever = await this.redis.client.smembers(this.keys.statesOfTemplate(template));
    const gone = ever.filter((state) => !states.has(state)).sort();
    const found = gone.map(async (state): Promise<StrandedStubs> => {
      const index = this.keys.stubsInState(template, state);
      const [count, newest] = await Promise.all([
        this.redis.client.zcard(index),
        this.redis.client.zrevrange(index, 0, MAX_NAMED - 1),
      ]);
      return { state, count, newest };
    });
    return (await Promise.all(found)).filter(({ count }) => count > 0);
  }

  /** Stubs, of all templates there ever were, where nothing but base actions runs. What is done needs nothing of a template that is gone. */
  async allStranded(loaded: ReadonlyMap<string, Pick<StubTemplate, 'states'>>): Promise<StrandedPlace[]> {
    const templates = (await this.redis.client.smembers(this.keys.templatesOfStubs())).sort();
    const found = templates.map(async (template) => {
      const states = loaded.get(template)?.states ?? new Set(await this.notedDoneStates(template));
      return (await this.stranded(template, states)).map((each) => ({ template, ...each }));
    });
    return (await Promise.all(found)).flat();
  }

  /** Unfinished stubs of templates that are not loaded, by template. */
  async waiting(isLoaded: (template: string) => boolean): Promise<WaitingStubs[]> {
    const templates = (await this.redis.client.smembers(this.keys.templatesOfStubs())).sort();
    const missing = templates.filter((template) => !isLoaded(template));
    const found = missing.map(async (template): Promise<WaitingStubs> => {
      return { template, count: await this.countOutside(template, await this.notedDoneStates(template)) };
    });
    return (await Promise.all(found)).filter(({ count }) => count > 0);
  }

  /** Stubs of a template that do not stand in a state that is done. */
  countUndone(template: Pick<StubTemplate, 'name' | 'states'>): Promise<number> {
    return this.countOutside(template.name, doneStatesOf(template));
  }

  /** Stores the final states of these templates, for the time when they are no longer loaded. */
  async noteDoneStates(templates: readonly Pick<StubTemplate, 'name' | 'states'>[]): Promise<void> {
    if (templates.length === 0) return;
    const fields = templates.map((template): [string, string] => {
      const record: DoneStatesRecord = { v: 1, done: doneStatesOf(template) };
      return [template.name, JSON.stringify(record)];
    });
    await this.redis.client.hset(this.keys.doneStates(), ...fields.flat());
  }

  private async notedDoneStates(template: string): Promise<readonly string[]> {
    const record = await this.redis.client.hget(this.keys.doneStates(), template);
    return record ? (JSON.parse(record) as DoneStatesRecord).done : [DONE];
  }

  private async countOutside(template: string, done: readonly string[]): Promise<number> {
    const [all, ...ended] = await Promise.all([
      this.redis.client.zcard(this.keys.stubsOfTemplate(template)),
      ...done.map((state) => this.redis.client.zcard(this.keys.stubsInState(template, state))),
    ]);
    return ended.reduce((left, count) => left - count, all!);
  }

  /** Newest first. */
  posts(stubref: string, cursor: string | undefined, limit: number): Promise<Page<PostView>> {
    return pageOf(this.redis.client, this.keys.postsOfStub(stubref), cursor, limit, (ids) =>
      Promise.all(ids.map((id) => this.post(id))),
    );
  }

  async post(stubpostuuid: string): Promise<PostView | undefined> {
    const record = await this.redis.client.get(this.keys.post(stubpostuuid));
    if (record === null) return undefined;
    const { v: _, notifications, ...post } = JSON.parse(record) as Stubpost;
    const views = Object.entries(notifications).map(async ([key, { deliveries: ids, ...rest }]) => {
      const hashes = await Promise.all(ids.map((id) => this.redis.client.hgetall(this.keys.delivery(id))));
      const deliveries = hashes.flatMap((hash) => readDelivery(hash) ?? []).map(viewOf);
      const success = !rest.error && deliveries.every(({ status }) => isUnderWay(status));
      const pending =
        !success && !rest.error && deliveries.every(({ status }) => isUnderWay(status) || isPending(status));
      return [key, { success, ...(pending && { pending }), ...rest, deliveries }] as const;
    });
    return { ...post, notifications: Object.fromEntries(await Promise.all(views)) };
  }
}

const doneStatesOf = ({ states }: Pick<StubTemplate, 'states'>): string[] =>
  [...states.values()].filter((state) => state.isDone || state.name === DONE).map(({ name }) => name);

function readStub(record: string): Stub {
  const { v: _, client_runs: __, ...stub } = JSON.parse(record) as { v: number; client_runs?: unknown } & Stub;
  return stub;
}
