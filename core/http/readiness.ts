import { injectable } from 'inversify';

export type ReadinessState = 'starting' | 'ready' | 'stopping';

/** How far the program is; the boot says it, `/readyz` answers it, and a stopping program takes no more requests. */
@injectable()
export class Readiness {
  private current: ReadinessState = 'starting';

  get state(): ReadinessState {
    return this.current;
  }

  /** The workers run, or this process has none to run. */
  ready(): void {
    this.current = 'ready';
  }

  stopping(): void {
    this.current = 'stopping';
  }
}
