import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import { Clock, type HttpRoutes, Logger, StubwireError } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { type GraphCall, GraphCallLog } from '../chat/graph-call-log.js';
import { readBody } from '../message/check-send.js';
import { digitsOf } from '../message/recipient.js';
import { AccountCalls } from './account-calls.js';
import { type GraphAnswer, refusal } from './graph-answer.js';
import { badParam, GraphError, objectUnknown, pathUnknown, tokenRefused } from './graph-error.js';
import { type CallLine, MessageSender } from './message-sender.js';
import { ReadMarker } from './read-marker.js';

type Call = FastifyRequest<{
  Params: { version: string; id: string };
  Querystring: { fields?: string; name?: string };
}>;
type Work = (account: Account, call: Call) => GraphAnswer | Promise<GraphAnswer>;

const BASE = '/emulator/graph';
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
const pathOf = (call: FastifyRequest): string => call.url.slice(BASE.length).split('?')[0]!;

const line = (call: FastifyRequest): CallLine => ({ method: call.method, path: pathOf(call) });

/** The Graph API as far as it is played: Meta's paths, token check, bodies and errors. */
@injectable()
export class GraphRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: Graph API';
  readonly access = 'own';

  constructor(
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(MessageSender) private readonly sender: MessageSender,
    @inject(ReadMarker) private readonly reads: ReadMarker,
    @inject(AccountCalls) private readonly calls: AccountCalls,
    @inject(GraphCallLog) private readonly requests: GraphCallLog,
    @inject(Clock) private readonly clock: Clock,
    @inject(Logger) private readonly log: Logger,
  ) {}

  register(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, call, reply) => this.answer(call, reply, this.refused(error)));

    const hidden = { schema: { hide: true } };
    const numbers = (book: AccountBook, id: string) => book.ofNumberId(id);
    const on = (work: Work, find = numbers) => this.handler(work, find);
    scope.post(
      `${BASE}/:version/:id/messages`,
      hidden,
      on((account, call) => this.messages(account, call)),
    );
    scope.post(
      `${BASE}/:version/:id/conversational_automation`,
      hidden,
      on((account, call) => this.calls.setAutomation(account, readBody(String(call.body)))),
    );
    scope.get(
      `${BASE}/:version/:id/conversational_automation`,
      hidden,
      on((account) => this.calls.phoneNumber(account, 'conversational_automation')),
    );
    scope.get(
      `${BASE}/:version/:id`,
      hidden,
      on((account, call) => this.calls.phoneNumber(account, call.query.fields)),
    );
    scope.get(
      `${BASE}/:version/:id/message_templates`,
      hidden,
      on(
        (_, call) => this.calls.listTemplates(call.query.name),
        (book, id) => book.ofWaba(id),
      ),
    );
    scope.all(`${BASE}/*`, hidden, async (call, reply) => {
      const known = this.accounts.knowsToken(this.tokenOf(call));
      const error = known ? pathUnknown(pathOf(call)) : tokenRefused();
      return this.answer(call, reply, refusal(error));
    });
  }

  private messages(account: Account, call: Call): Promise<GraphAnswer> {
    const body = readBody(String(call.body ?? ''));
    return 'status' in body ? this.reads.mark(account, body, line(call)) : this.sender.send(account, body, line(call));
  }

  /** The token first, then the object that the path names, as Meta does. */
  private handler(work: Work, find: (book: AccountBook, id: string) => Account | undefined) {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const call = request as Call;
      const { id, version } = call.params;
      const token = this.tokenOf(call);
      if (!this.accounts.knowsToken(token)) throw tokenRefused();
      if (!/^v\d+\.\d+$/.test(version)) throw pathUnknown(`/${version}`);
      const account = find(this.accounts, id);
      if (!account || account.accessToken !== token) throw objectUnknown(call.method, id);
      return this.answer(call, reply, await work(account, call), account);
    };
  }

  private tokenOf(call: FastifyRequest): string {
    return /^(?:Bearer|OAuth) +(.+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  }

  private async answer(call: FastifyRequest, reply: FastifyReply, answer: GraphAnswer, account?: Account) {
    if (!answer.logged) await this.note(call, answer, account);
    if (answer.delayMs) await delay(answer.delayMs, undefined, { ref: false });
    if (answer.dropped) {
      reply.hijack();
      call.raw.socket.destroy();
      return reply;
    }
    const type = typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
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
        status: answer.status,
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
