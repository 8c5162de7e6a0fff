import type { ServiceIdentifier } from 'inversify';

/** One thing that was looked at. */
export interface Finding {
  /** `problem`: it will not work so. `warning`: it works, and may surprise. */
  readonly level: 'ok' | 'warning' | 'problem';
  /** What was found, and what was expected. Never a secret. */
  readonly message: string;
  /** What to do, ready to be followed; may have several lines. */
  readonly todo?: string;
}

/**
 * What `stubwire doctor` looks at: an account at a provider, a server that is needed. `run` is called once and awaited,
 * in a process where nothing is started: no Redis of ours, no actors, no HTTP. It changes nothing anywhere. A throw is
 * shown as a problem; the other diagnoses run all the same.
 */
export interface Diagnosis {
  readonly name: string;
  run(): Promise<readonly Finding[]>;
}
export const Diagnosis: ServiceIdentifier<Diagnosis> = Symbol.for('stubwire.Diagnosis');
