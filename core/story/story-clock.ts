import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../contract/clock.js';
import type { StoryClients } from '../contract/story-clients.js';
import type { Look, WorkUnderWay } from '../queue/work-under-way.js';

/** How long the engine may take to become idle, ms of real time. No story takes this long, even on a busy machine. */
const REST_MS = 60_000;
/** Looks at once before it waits between them. */
const QUICK_LOOKS = 20;
/** Times that come due in one wait: a timer that sets itself anew every minute comes 1440 times a day. */
const MAX_HOPS = 10_000;

/**
 * A timer stands in its queue a little later than it is meant for: by what passes between the stub's commit and the queue's
 * taking it. One that is meant for the very end of a wait has still to come in it, on a busy machine too.
 */
const LATE_MS = 200;

/** The engine does not come to rest, or time does not pass: what happened, for the report of the story. */
export class StoryStuck extends Error {
  override readonly name = 'StoryStuck';
}

/** The virtual clock of the stories: everything that waits for a time follows it. */
export class StoryClock {
  constructor(
    private readonly work: WorkUnderWay,
    private readonly queueOfKind: ReadonlyMap<string, string>,
    private readonly clock: Clock,
    private readonly clients: StoryClients,
    private readonly maxHops = MAX_HOPS,
  ) {}

  nowMs(): Promise<number> {
    return this.clock.nowMs();
  }

  /** Moves the clock to a moment, back too: for the begin of a story, when nothing is there yet. */
  async set(toMs: number): Promise<void> {
    await this.clock.advance(toMs - (await this.nowMs()));
  }

  /** Resolves once nothing is under way: no letter, turn, send, webhook, nor a timer that is due. Errors: `StoryStuck`. */
  async rest(waitMs = REST_MS): Promise<Look> {
    const until = performance.now() + waitMs;
    for (let looks = 1; ; looks++) {
      const look = await this.work.look(this.queueOfKind, this.clients.work);
      if (look.underWay.length === 0) return look;
      if (performance.now() > until)
        throw new StoryStuck(`After ${waitMs / 1_000} s this is still under way: ${look.underWay.join(', ')}.`);
      await (looks <= QUICK_LOOKS ? setImmediate() : sleep(1));
    }
  }

  /** Lets time pass as if it went by: what is due on the way is done at its time, before what comes later. Errors: `StoryStuck`. */
  async pass(ms: number): Promise<void> {
    const endMs = (await this.nowMs()) + ms;
    for (let hops = 0; ; hops++) {
      const { nowMs, nextDueMs = Number.POSITIVE_INFINITY } = await this.rest();
      if (nowMs >= endMs && nextDueMs > endMs + LATE_MS) return;
      if (hops === this.maxHops)
        throw new StoryStuck(
          `Over ${this.maxHops} things came due while the story waited. Does a timer set itself anew?`,
        );
      const leftMs = (nowMs < endMs ? Math.min(nextDueMs, endMs) : nextDueMs) - nowMs;
      await this.clock.advance(Math.max(1, Math.ceil(leftMs)));
      this.clients.clockMoved();
    }
  }
}
