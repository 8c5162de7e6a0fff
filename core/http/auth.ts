import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import { StubwireError } from '../errors.js';
import { AttemptLimit } from './attempt-limit.js';
import { type AuthToken, HttpConfig, type Role } from './http-config.js';
import { isReading, localCaller } from './local-caller.js';

/** Who asks: the owner of a token, or `local` where no tokens are configured. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  readonly contactuuid?: string | undefined;
  /** The name of the token that was used; absent if no tokens are configured. */
  readonly token?: string | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes of access `token`. */
    caller: Caller;
  }
}

/** Bearer tokens and roles. With no token configured only this machine is served. */
@injectable()
export class Auth {
  private readonly known: readonly { readonly hash: Buffer; readonly caller: Caller }[];
  private readonly limit = new AttemptLimit();

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

  /** Errors: `token_missing`, `too_many_attempts`, `role_insufficient`, `origin_refused`. */
  callerOf(request: FastifyRequest): Caller {
    if (this.known.length === 0) return localCaller(request);
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw tokenMissing('no bearer token');
    const caller = this.callerWith(token);
    const nowMs = performance.now();
    if (!caller && !this.limit.isTooMany(request.ip, nowMs))
      throw tokenMissing('a bearer token that is not configured');
    if (!caller || !this.limit.admits(request.ip, caller.name, nowMs))
      throw tooManyAttempts(this.limit.waitS(request.ip, nowMs));
    if (caller.role === 'viewer' && !isReading(request.method)) {
      throw new StubwireError(
        'role_insufficient',
        `The token "${caller.name}" has the role viewer, which may only GET. ${request.method} needs operator or admin.`,
      );
    }
    return caller;
  }

  /** Compares with every token, so that the time taken tells nothing about which one was near. */
  private callerWith(token: string): Caller | undefined {
    const hash = hashOf(token);
    let found: Caller | undefined;
    for (const { hash: known, caller } of this.known) if (timingSafeEqual(hash, known)) found = caller;
    return found;
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const tokenMissing = (found: string): StubwireError =>
  new StubwireError(
    'token_missing',
    `There is ${found} in this request. Send the header "Authorization: Bearer <token>" with a token of auth.tokens.`,
  );
const tooManyAttempts = (retryAfterS: number): StubwireError =>
  new StubwireError(
    'too_many_attempts',
    `Too many wrong tokens came from this address. Wait ${retryAfterS} s; a token that worked from here before still works.`,
    { retryAfterS },
  );
