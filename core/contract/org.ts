import type { ServiceIdentifier } from 'inversify';

/** The organisation that the host runs for: the root `org` of substitution and conditions. */
export interface Org {
  readonly orguuid: string;
  readonly name: string;
  /** ISO 3166 alpha-2: national mobile numbers are read as of this country. */
  readonly default_country: string;
}
export const Org: ServiceIdentifier<Org> = Symbol.for('stubwire.Org');
