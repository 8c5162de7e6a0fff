import type { Bind, ServiceIdentifier } from 'inversify';
import type { Place } from '../errors.js';

/** Who bound something: a plugin with its place in the configuration, or a part of core. */
export interface Origin {
  readonly name: string;
  readonly place?: Place;
}

/** Remembers who made each binding, in order, so that a problem with one can name who to ask. */
export class Origins {
  private readonly bound = new Map<ServiceIdentifier, Origin[]>();

  /** A `bind` that notes `origin` for all that is bound with it. */
  noting(origin: Origin, bind: Bind): Bind {
    return (service) => {
      this.bound.set(service, [...(this.bound.get(service) ?? []), origin]);
      return bind(service);
    };
  }

  /** Who made the binding at this position among those of a service. */
  of(service: ServiceIdentifier, position: number): Origin {
    return this.bound.get(service)?.[position] ?? { name: 'core' };
  }
}
