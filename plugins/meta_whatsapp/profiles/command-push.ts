import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable } from 'inversify';
import { Keys, Logger, type Problem, RedisClock, RedisConnection, type Service } from '../../../core/index.js';
import { GraphClient } from '../graph-client.js';
import { graphProblem } from '../graph-problem.js';
import { PLUGIN, type Profile, WhatsAppConfig } from '../profile.js';
import { type WantedCommands, wantedCommands } from './profile-commands.js';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;
/** The HTTP client takes a tenth of a second to load, which a start should not wait for, ms. */
const FIRST_PUSH_MS = 100;

const NOT_TAKEN: Problem = {
  code: 'provider_refused',
  message:
    'Meta answered without an error and did not take the commands (success: false). It is tried again by itself.',
};

/** What Meta was told, as stored for each profile. */
interface PushRecord {
  readonly v: 1;
  /** Of the list that Meta took last; absent before the first. */
  readonly hash?: string;
  readonly pushed_at_ms?: number;
  readonly failure?: { readonly at_ms: number; readonly problem: Problem };
}

/** How it stands with a profile's commands. */
export interface CommandState {
  /** When Meta took the list as it is configured now, ms; absent while it has not, or where there is nothing to tell. */
  readonly pushedAtMs?: number;
  readonly failure?: { readonly atMs: number; readonly problem: Problem };
}

/**
 * Tells Meta which commands a number has, so that the list shows when a client types `/`. The configuration is the one
 * place to edit them: at start each list that is another than Meta took last is put in its place, an empty one too. A
 * push that fails is tried again with back-off and never keeps the program from starting.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/phone-numbers/conversational-components
 */
@injectable()
export class CommandPush implements Service {
  readonly name = 'WhatsApp commands';
  private readonly records: string;
  private readonly stopping = new AbortController();
  private pushes: readonly Promise<void>[] = [];

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(Keys) keys: Keys,
    @inject(Logger) private readonly log: Logger,
  ) {
    this.records = keys.plugin(PLUGIN, 'commands');
  }

  start(): void {
    setMaxListeners(0, this.stopping.signal); // each profile waits with it; Node warns of more than 10
    this.pushes = Object.entries(this.config.profiles).map(([name, profile]) => this.settle(name, profile));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.pushes);
  }

  async state(profileName: string): Promise<CommandState> {
    const { hash, pushed_at_ms, failure } = await this.record(profileName);
    const isInForce = hash === wantedCommands(this.config.profiles[profileName]!).hash;
    return {
      ...(isInForce && pushed_at_ms !== undefined && { pushedAtMs: pushed_at_ms }),
      ...(failure && { failure: { atMs: failure.at_ms, problem: failure.problem } }),
    };
  }

  private async settle(name: string, profile: Profile): Promise<void> {
    const wanted = wantedCommands(profile);
    for (
      let waitMs = FIRST_PUSH_MS, tries = 0;
      ;
      waitMs = Math.min(FIRST_RETRY_MS * 2 ** tries, LAST_RETRY_MS), tries++
    ) {
      await sleep(waitMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      const problem = await this.pushed(name, profile, wanted);
      if (!problem) return;
      if (tries > 0 || this.stopping.signal.aborted) continue;
      this.log.warn(
        { profile: name, code: problem.code, reason: problem.message },
        'Meta did not take the commands; tried again',
      );
    }
  }

  private async pushed(name: string, profile: Profile, wanted: WantedCommands): Promise<Problem | undefined> {
    try {
      const before = await this.record(name);
      const isOld = before.hash === undefined ? wanted.body.commands.length > 0 : before.hash !== wanted.hash;
      if (!isOld) return undefined;
      const { signal } = this.stopping;
      const path = `${profile.phone_number_id}/conversational_automation`;
      const answer = await this.graph.call(name, {
        method: 'POST',
        target: 'commands',
        path,
        body: wanted.body,
        signal,
      });
      if (signal.aborted) return undefined;
      const at_ms = await this.redis.orAway(this.clock.nowMs());
      if (answer.ok && answer.body['success'] !== false) {
        await this.store(name, { v: 1, hash: wanted.hash, pushed_at_ms: at_ms });
        return undefined;
      }
      const problem = answer.ok ? NOT_TAKEN : graphProblem(answer);
      await this.store(name, { ...before, failure: { at_ms, problem } });
      return problem;
    } catch (error) {
      return { code: 'store_away', message: (error as Error).message };
    }
  }

  /** A record of another version is passed over: then the list is pushed once more, which changes nothing. */
  private async record(profile: string): Promise<PushRecord> {
    const text = await this.redis.orAway(this.redis.client.hget(this.records, profile));
    const record = text === null ? undefined : (JSON.parse(text) as { readonly v: number });
    return record?.v === 1 ? (record as PushRecord) : { v: 1 };
  }

  private store(profile: string, record: PushRecord): Promise<unknown> {
    return this.redis.orAway(this.redis.client.hset(this.records, profile, JSON.stringify(record)));
  }
}
