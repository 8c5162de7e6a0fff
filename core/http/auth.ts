import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import { StubwireError } from '../errors.js';
import { type AuthToken, HttpConfig, type Role } from './http-config.js';
import { isLoopback } from './loopback.js';

/** Who asks: the owner of a token, or `local` where no tokens are configured. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  readonly contactuuid?: string | undefined;
  /** The name of the token that was used; absent where none are configured. */
  readonly token?: string | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes of access `token`. */
    caller: Caller;
  }
}

const LOCAL: Caller = { name: 'local', role: 'admin' };
const READING = new Set(['GET', 'HEAD']);

/** Bearer tokens and roles. With no token configured only this machine is served. */
@injectable()
export class Auth {
  private readonly known: readonly { readonly hash: Buffer; readonly caller: Caller }[];

  constructor(@inject(HttpConfig) { tokens }: HttpConfig) {
    this.known = tokens.map(({ token, ...caller }: AuthToken) => ({
      hash: hashOf(token),
      caller: { ...caller, token: caller.name },
    }));
  }

  /** Every route of the scope asks for a caller who may do it. */
  protect(scope: FastifyInstance): void {
    scope.addHook('onRequest', (request, _reply, done) => {
      request.caller = this.callerOf(request);
      done();
    });
  }

  /** Errors: `token_missing`, `role_insufficient`, `origin_refused`. */
  callerOf(request: FastifyRequest): Caller {
    if (this.known.length === 0) return localCaller(request);
    const caller = this.callerWith(/^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]);
    if (!caller) {
      throw new StubwireError(
        'token_missing',
        'There is no bearer token of auth.tokens in this request. Send the header "Authorization: Bearer <token>".',
      );
    }
    if (caller.role === 'viewer' && !READING.has(request.method)) {
      throw new StubwireError(
        'role_insufficient',
        `The token "${caller.name}" has the role viewer, which may only GET. ${request.method} needs operator or admin.`,
      );
    }
    return caller;
  }

  /** Compares with every token, so that the time taken tells nothing about which one was near. */
  private callerWith(token: string | undefined): Caller | undefined {
    if (token === undefined) return undefined;
    const hash = hashOf(token);
    let found: Caller | undefined;
    for (const { hash: known, caller } of this.known) if (timingSafeEqual(hash, known)) found = caller;
    return found;
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Listening on loopback alone does not keep others out: a page in the operator's browser may post here, a host name may
 * be made to point here, and a tunnel opened for webhooks leads here. All of them show in Host or Origin.
 */
function localCaller(request: FastifyRequest): Caller {
  const { origin } = request.headers;
  const originHost = origin === undefined ? 'localhost' : URL.canParse(origin) ? new URL(origin).hostname : origin;
  if (isLoopback(request.hostname) && isLoopback(originHost)) return LOCAL;
  throw new StubwireError(
    'origin_refused',
    'No tokens are configured, so only requests of this machine to localhost are answered. Configure auth.tokens to be reached under another name.',
  );
}
