import { inject, injectable } from 'inversify';
import { RedisClock } from '../actor/redis-clock.js';
import type { Service } from '../contract/service.js';
import { Logger } from '../observability/logger.js';
import { QueuePace } from '../queue/queue-pace.js';
import { DeliveryStore } from './delivery-store.js';
import { FailureCounts } from './failure-counts.js';
import { LanePauses } from './lane-pauses.js';

const EVERY_MS = 5_000;
/** Lists of deliveries are shortened at every so many looks. */
const TRIM_EVERY = 60;

/** Maintains lanes periodically, in every process: applies pauses, raises lowered rates, logs failures, trims lists of deliveries. */
@injectable()
export class LaneKeeper implements Service {
  readonly name = 'lane keeper';
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private looks = 0;

  constructor(
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(QueuePace) private readonly pace: QueuePace,
    @inject(DeliveryStore) private readonly deliveries: DeliveryStore,
    @inject(FailureCounts) private readonly failures: FailureCounts,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(Logger) private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    await this.pauses.restore();
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    this.looks += 1;
    try {
      await this.pauses.restore();
      await this.pace.tend(await this.clock.nowMs());
      await this.failures.logNew();
      if (this.looks % TRIM_EVERY === 0) await this.deliveries.trim();
    } catch (error) {
      this.log.error({ err: error }, 'looking after the lanes failed');
    }
  }
}
