import { injectable } from 'inversify';
import type { AnyActorKind } from '../contract/actor-kind.js';
import { StubwireError } from '../errors.js';

/**
 * Which queue carries the turns of which kind of actor. Filled once, when everything has been contributed: actors are
 * made with services that post letters, so whoever posts cannot ask for the actors themselves.
 */
@injectable()
export class KindQueues {
  private readonly queues = new Map<string, string>();

  learn(kinds: readonly AnyActorKind[]): void {
    for (const { kind, queue } of kinds) this.queues.set(kind, queue);
  }

  /** Whether this program has the kind: letters may wait for one of an earlier configuration. */
  knows(kind: string): boolean {
    return this.queues.has(kind);
  }

  queueOf(kind: string): string {
    const queue = this.queues.get(kind);
    if (queue === undefined)
      throw new StubwireError('internal', `A letter names the actor kind "${kind}", which nothing contributes.`);
    return queue;
  }
}
