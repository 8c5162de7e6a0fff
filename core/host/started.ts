import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../observability/logger.js';

/**
 * Limit of the whole stop, ms: container platforms kill after 10 s. Nothing is lost if a part takes longer; the next start
 * continues its work.
 */
const STOP_MS = 8_000;
/** Share of the remaining time that one part may use, so that a hanging part leaves time for the next ones. */
const SHARE = 0.75;

interface Part {
  readonly name: string;
  stop(): void | Promise<void>;
}

/** The parts of the program that run, to be stopped in reverse. */
export class Started {
  private readonly parts: Part[] = [];

  constructor(private readonly log: Logger) {}

  /** Notes a part just before it starts: half started, it is stopped too. */
  add(name: string, stop: () => void | Promise<void>): void {
    this.parts.push({ name, stop });
  }

  /** Stops everything, once. A part that fails or hangs does not keep the others from being stopped. */
  async stop(): Promise<void> {
    const deadline = performance.now() + STOP_MS;
    for (const part of this.parts.splice(0).reverse()) {
      const waitMs = Math.max(0, Math.ceil((deadline - performance.now()) * SHARE));
      const bound = new AbortController();
      const late = sleep(waitMs, 'late' as const, { signal: bound.signal }).catch(() => undefined);
      try {
        if ((await Promise.race([part.stop(), late])) === 'late') {
          this.log.warn(
            { part: part.name, waitedMs: waitMs },
            'did not stop in time; its work goes on at the next start',
          );
        }
      } catch (error) {
        this.log.error({ part: part.name, err: error }, 'could not be stopped');
      } finally {
        bound.abort();
      }
    }
  }
}
