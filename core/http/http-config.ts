import type { ServiceIdentifier } from 'inversify';

/** What a token may do: a viewer reads, an operator also writes, an admin everything. */
export type Role = 'viewer' | 'operator' | 'admin';

/** One of `auth.tokens`. */
export interface AuthToken {
  /** Whose it is, for logs and stubposts: never the token itself. */
  readonly name: string;
  readonly token: string;
  readonly role: Role;
  /** The contact that acts with it. No request can name another in `posted_by.contactuuid`. */
  readonly contactuuid?: string | undefined;
}

/** The blocks `http` and `auth` of the configuration. */
export interface HttpConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** How others reach this host, where that is known. */
  readonly public_url?: string | undefined;
  /** Connections at the same time; further ones are closed. */
  readonly max_connections: number;
  readonly tokens: readonly AuthToken[];
}
export const HttpConfig: ServiceIdentifier<HttpConfig> = Symbol.for('stubwire.HttpConfig');
