import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import { Clock, HostAddress, Logger, StubwireError } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { type GraphCall, GraphCallLog } from '../chat/graph-call-log.js';
import { ANSWERING_KINDS, type CallKind } from '../fault/answering-faults.js';
import { FaultStrike } from '../fault/fault-strike.js';
import { digitsOf } from '../message/recipient.js';
import { arriving, endedByFault, type GraphAnswer, refusal } from './graph-answer.js';
import {
  badParam,
  GraphError,
  objectUnknown,
  openTokenFromElsewhere,
  pathUnknown,
  tokenMissing,
  tokenRefused,
} from './graph-error.js';
import type { CallLine } from './message-sender.js';
import { notPlayed, notPlayedAt } from './not-played.js';
import { isOfThisMachine, OPEN_TOKEN } from './open-token.js';

export type GraphRequest = FastifyRequest<{
  Params: { version: string; id: string };
  Querystring: { readonly [name: string]: string | undefined };
}>;
type Work = (account: Account, call: GraphRequest) => GraphAnswer | Promise<GraphAnswer>;
/** The account whose object the path names; undefined where there is none. */
type Find = (call: GraphRequest) => Account | undefined | Promise<Account | undefined>;

export const GRAPH_BASE = '/emulator/graph';
/** Characters kept of the body of a refused call. */
const BODY_KEPT = 65_536;

const bodyForLog = (text: unknown): unknown => {
  if (typeof text !== 'string') return undefined;
  if (text.length > BODY_KEPT) return `${text.slice(0, BODY_KEPT)}…`;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Without the query, which may hold a token. */
const pathOf = (call: FastifyRequest): string => {
  const path = call.url.split('?')[0]!;
  return path.startsWith(GRAPH_BASE) ? path.slice(GRAPH_BASE.length) : path;
};

export const line = (call: FastifyRequest): CallLine => ({ method: call.method, path: pathOf(call) });

/** What every Graph call goes through: token, object, faults, the list of calls, and errors of Meta's form. */
@injectable()
export class GraphDoor {
  constructor(
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(FaultStrike) private readonly faults: FaultStrike,
    @inject(GraphCallLog) private readonly requests: GraphCallLog,
    @inject(HostAddress) private readonly host: HostAddress,
    @inject(Clock) private readonly clock: Clock,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /**
   * The token first, then the object that the path names, as Meta does; then the faults that strike calls of this kind.
   * Calls of the kind `messages` take their faults themselves, with the client they are about.
   */
  handler(kind: CallKind, find: Find, work: Work) {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const call = request as GraphRequest;
      const { id, version } = call.params;
      const token = this.requireToken(call);
      if (!/^v\d+\.\d+$/.test(version)) throw pathUnknown(`/${version}`);
      const account = await find(call);
      if (!account || account.accessToken !== token) throw objectUnknown(call.method, id);
      if (kind === 'messages') return this.answer(call, reply, await work(account, call), account);
      const struck = await this.faults.take(account.profile, kind, ANSWERING_KINDS);
      const answer = endedByFault(struck) ?? arriving(await work(account, call), struck);
      return this.answer(call, reply, answer, account);
    };
  }

  /** The token of the call, from its header or query. Throws 190 if no account has it, and 200 if it is missing. */
  requireToken(call: FastifyRequest, missing: () => GraphError = tokenMissing): string {
    const { access_token } = call.query as { readonly access_token?: string };
    const token = /^(?:Bearer|OAuth) +(.+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? access_token;
    if (!token) throw missing();
    if (!this.accounts.knowsToken(token)) throw tokenRefused();
    if (token === OPEN_TOKEN && !isOfThisMachine(call, this.host.url)) throw openTokenFromElsewhere(call.hostname);
    return token;
  }

  /** The error for an unknown path: a part of the API that is not emulated, or not an API path. */
  unknownPath = async (call: FastifyRequest): Promise<never> => {
    this.requireToken(call);
    const part = notPlayedAt(call.method, pathOf(call).split('/').filter(Boolean).slice(1));
    throw part ? notPlayed(part) : pathUnknown(pathOf(call));
  };

  /** For everything thrown below: Meta's form, and no word about our insides. */
  failed = (error: unknown, call: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    this.answer(call, reply, this.refused(error));

  async answer(
    call: FastifyRequest,
    reply: FastifyReply,
    answer: GraphAnswer,
    account?: Account,
  ): Promise<FastifyReply> {
    if (!answer.logged) await this.note(call, answer, account);
    if (answer.delayMs) await delay(answer.delayMs, undefined, { ref: false });
    if (answer.dropped) {
      reply.hijack();
      call.raw.socket.destroy();
      return reply;
    }
    const text = answer.contentType ?? 'text/plain; charset=utf-8';
    const type = typeof answer.body === 'string' ? text : 'application/json; charset=utf-8';
    return reply.code(answer.status).type(type).send(answer.body);
  }

  /** Lists a call that committed nothing. It must not turn the answer into another: the store may be the reason. */
  private async note(call: FastifyRequest, answer: GraphAnswer, account: Account | undefined): Promise<void> {
    const body = bodyForLog(call.body);
    const { to } = (body ?? {}) as { to?: unknown };
    const client = typeof to === 'string' ? digitsOf(to) : undefined;
    const profile = account?.profile ?? this.accounts.ofNumberId((call.params as { id?: string }).id ?? '')?.profile;
    try {
      const at = new Date(await this.clock.nowMs()).toISOString();
      const noted: GraphCall = {
        at,
        ...line(call),
        body,
        ...(profile !== undefined && { profile }),
        ...(client !== undefined && { client }),
        status: answer.dropped ? 0 : answer.status,
        answer: answer.body,
      };
      await this.requests.add(noted);
    } catch (error) {
      this.log.warn({ err: error }, 'the emulator could not note a Graph call');
    }
  }

  private refused(error: unknown): GraphAnswer {
    if (error instanceof GraphError) return refusal(error);
    const { statusCode } = error as { statusCode?: number };
    if (error instanceof StubwireError && error.status === 503)
      return { ...refusal(new GraphError(131016, error.message)), status: 503, logged: true };
    if (statusCode && statusCode < 500) return { ...refusal(badParam(String(error))), status: statusCode };
    this.log.error({ err: error }, 'a bug in the emulator');
    return refusal(new GraphError(131000, 'A bug in the emulator: see its log.'));
  }
}
