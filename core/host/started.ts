import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../observability/logger.js';

/** How long one part may take to stop, ms. Nothing is lost when it takes longer: the work goes on at the next start. */
const STOP_MS = 10_000;

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
    for (const part of this.parts.splice(0).reverse()) {
      const bound = new AbortController();
      const late = sleep(STOP_MS, 'late' as const, { signal: bound.signal }).catch(() => undefined);
      try {
        if ((await Promise.race([part.stop(), late])) === 'late') {
          this.log.warn(
            { part: part.name, waitedMs: STOP_MS },
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
