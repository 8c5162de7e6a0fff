import { inject, injectable } from 'inversify';
import { Queues } from '../queue/queues.js';

/** How much a group of lanes still has to do. */
@injectable()
export class LaneBacklog {
  constructor(@inject(Queues) private readonly queues: Queues) {}

  /** Addresses with messages to send, now or after a rest. Each may have any number of messages in its lane. */
  async addresses(queue: string): Promise<number> {
    const counts = await this.queues.get(queue).getJobCounts('waiting', 'delayed', 'active');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }
}
