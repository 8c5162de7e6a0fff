import type { ServiceIdentifier } from 'inversify';

/**
 * Work that starts and stops with the program, in every process of any role (`all`, `api`, `worker`). It does
 * not know the role, and several run at once. Work that must happen once belongs in an `ActorKind` or a `Timer`, routes in `HttpRoutes`.
 * `start` is called in order of binding after the actors run; a throw stops the boot.
 * `stop` is called in reverse, once, before Redis closes; it waits for what is under way.
 */
export interface Service {
  readonly name: string;
  start(): void | Promise<void>;
  /** Resolves once what it does in the background after its start was done at least once. Only stories wait for it. */
  ready?(): Promise<void>;
  stop(): void | Promise<void>;
}
export const Service: ServiceIdentifier<Service> = Symbol.for('stubwire.Service');
