import { inject, injectable } from 'inversify';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { StubDesk } from '../stub/stub-desk.js';
import type { PostView } from '../stub/stub-store.js';
import type { EventAnswer } from './heimdall-event.js';

/** Until an event was handed out: pauses between looks, ms. */
const LONGEST_PAUSE_MS = 50;

export interface Answers {
  /** All that registrations with `evb` ran is stored. */
  readonly complete: boolean;
  readonly answers: readonly (EventAnswer & { readonly stubpost?: PostView })[];
}

/** An answer to an event is the stubpost of the action that a registration with `evb` ran. This waits for them. */
@injectable()
export class EventAnswers {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(StubDesk) private readonly desk: StubDesk,
  ) {}

  /** The answers of an event that was emitted to be answered, with what is there after `waitMs` at most. */
  async collect(event: string, waitMs: number): Promise<Answers> {
    const until = performance.now() + waitMs;
    const expected = await this.expected(event, until);
    if (!expected) return { complete: false, answers: [] };
    const answers = await Promise.all(
      expected.map(async (answer) => {
        const stubpost = await this.desk.awaitPost(answer.stubpostuuid, Math.max(0, until - performance.now()));
        return { ...answer, ...(stubpost && { stubpost }) };
      }),
    );
    return { complete: answers.every(({ stubpost }) => stubpost), answers };
  }

  /** Who is to answer, once the event was handed out. */
  private async expected(event: string, until: number): Promise<readonly EventAnswer[] | undefined> {
    for (let pauseMs = 4; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const record = await this.redis.orAway(this.redis.client.get(this.keys.eventAnswers(event)));
      if (record !== null) return JSON.parse(record) as EventAnswer[];
      if (performance.now() >= until) return undefined;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
