import type { ServiceIdentifier } from 'inversify';

/** A secret that templates name and never see. */
export interface CallSecret {
  readonly value: string;
  /** Hosts that may have it, as in `allow_hosts`; without: all of those. */
  readonly hosts?: readonly string[] | undefined;
}

/** The block `apicall` of the configuration. */
export interface ApicallConfig {
  /** `crm.example.org`, `*.example.org`, `10.1.2.3:8080`. Without a port: 80 and 443. */
  readonly allow_hosts: readonly string[];
  readonly allow_private_addresses: boolean;
  readonly secrets: { readonly [name: string]: CallSecret };
}
export const ApicallConfig: ServiceIdentifier<ApicallConfig> = Symbol.for('stubwire.ApicallConfig');
