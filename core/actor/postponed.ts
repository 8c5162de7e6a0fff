/**
 * Thrown from a decision that cannot be made now and will be later, by nobody's fault: what it needs is busy. The letter
 * stays at the head of the mailbox, the run of it is not counted, and the actor's turn comes again after `afterMs`.
 */
export class Postponed extends Error {
  override readonly name = 'Postponed';
  constructor(readonly afterMs: number) {
    super(`Comes again after ${Math.round(afterMs)} ms.`);
  }
}
