import type { ServiceIdentifier } from 'inversify';

/** What a token may do: a viewer reads, an operator also writes, an admin everything. */
export type Role = 'viewer' | 'operator' | 'admin';

/** One of `auth.tokens`. */
export interface AuthToken {
  /** Names the token in logs and on stubposts; never the token itself. */
  readonly name: string;
  readonly token: string;
  readonly role: Role;
  /** The contact that the token acts as. No request can name another one in `posted_by.contactuuid`. */
  readonly contactuuid?: string | undefined;
}

/** The blocks `http` and `auth` of the configuration. */
export interface HttpConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The URL of this host for others, if known. */
  readonly public_url?: string | undefined;
  /** Limit of simultaneous connections; more are closed. */
  readonly max_connections: number;
  readonly tokens: readonly AuthToken[];
}
export const HttpConfig: ServiceIdentifier<HttpConfig> = Symbol.for('stubwire.HttpConfig');
