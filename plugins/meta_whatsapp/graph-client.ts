import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { inject, injectable } from 'inversify';
import type { Agent, Dispatcher, Pool } from 'undici';
import { HostAddress, type SendOutcome } from '../../core/index.js';
import type { GraphTarget } from './call-advice.js';
import { type GraphAnswer, type GraphRefusal, type GraphSilence, graphAnswerOf, textWithin } from './graph-call.js';
import { hiding } from './hidden-words.js';
import { mayHaveToken } from './media/media-hosts.js';
import { type MultipartForm, multipartBody } from './multipart-form.js';
import { type Profile, profileOf, WhatsAppConfig } from './profile.js';
import { withCredential } from './profiles/credential.js';
import { outcomeOf, outcomeOfBroken } from './send-outcome.js';

export type { GraphAnswer } from './graph-call.js';

/** Read with the first message, not at start: it takes a tenth of a second. */
const undici = () => createRequire(import.meta.url)('undici') as typeof import('undici');

const CALL_MS = 20_000;
/** The longest answer that is read. A page of 1,000 WhatsApp templates is about half of it. */
const ANSWER_BYTES = 2_000_000;
const REDIRECTS = 3;

/** One call of the Graph API. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The subject of the call, for the advice in a refusal. */
  readonly target: Exclude<GraphTarget, 'message'>;
  /** After `/<version>/`, each part encoded: `100000000000001/media`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  /** Sent as JSON. */
  readonly body?: object;
  readonly form?: MultipartForm;
  readonly signal?: AbortSignal;
  /** Longest wait for the whole answer, ms. Default 20,000. */
  readonly timeoutMs?: number;
}

/** A file on its way here. Whoever gets it reads `content` to its end or destroys it. */
export interface GraphDownload {
  readonly ok: true;
  /** As announced by the provider, if at all. */
  readonly bytes?: number;
  readonly content: Readable;
}

/** Calls Meta's Graph API, or the emulator in its place, with a profile's token. */
@injectable()
export class GraphClient {
  private readonly pools = new Map<string, Pool>();
  /** Media stand on more hosts than one; those that are no longer used are let go. */
  private mediaHosts: Agent | undefined;
  private readonly stopping = new AbortController();

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(HostAddress) private readonly host: HostAddress,
  ) {}

  /** `POST /<version>/<phone_number_id>/messages`. Every way it can end is an outcome. */
  async send(profileName: string, body: object, signal: AbortSignal): Promise<SendOutcome> {
    const profile = profileOf(this.config, profileName);
    if (!profile) return { result: 'rejected', problem: { code: 'profile_unknown', message: this.gone(profileName) } };
    try {
      const answer = await this.request(profile, {
        method: 'POST',
        path: `${profile.phone_number_id}/messages`,
        body,
        signal,
      });
      const { statusCode: status } = answer;
      const text = await textWithin(answer.body, ANSWER_BYTES).catch(() => undefined);
      if (text === undefined) return outcomeOfBroken(status);
      return withCredential(outcomeOf(status, text, hiding(profile.access_token, body)), profile);
    } catch (error) {
      return outcomeOfFailure(error);
    }
  }

  /** Any other call. It answers for everything that a provider can do, and throws only for bugs. */
  async call(profileName: string, request: GraphRequest): Promise<GraphAnswer> {
    const profile = profileOf(this.config, profileName);
    if (!profile) return refused(this.gone(profileName));
    const { signal, timeoutMs = CALL_MS } = request;
    const bounds = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
    if (request.form) bounds.push(this.stopping.signal);
    try {
      const answer = await this.request(profile, { ...request, signal: AbortSignal.any(bounds) });
      const text = await textWithin(answer.body, ANSWER_BYTES);
      if (text === undefined)
        return refused(`Meta's answer is over ${ANSWER_BYTES} bytes, the most that is read.`, answer.statusCode);
      return graphAnswerOf(answer.statusCode, text, hiding(profile.access_token), request.target);
    } catch (error) {
      return silence(error);
    }
  }

  /**
   * GET of a media address that Meta gave, with the token, which goes to Meta's own hosts only (`media-hosts.ts`): an
   * address elsewhere, or a redirect to one, is refused and not asked. Content over `maxBytes` is refused where it is
   * announced; whoever reads `content` counts for itself.
   */
  async download(
    profileName: string,
    address: string,
    { signal, maxBytes }: { readonly signal: AbortSignal; readonly maxBytes: number },
  ): Promise<GraphDownload | GraphRefusal | GraphSilence> {
    const profile = profileOf(this.config, profileName);
    if (!profile) return refused(this.gone(profileName));
    const bound = AbortSignal.any([signal, this.stopping.signal]);
    try {
      let url = address;
      for (let hop = 0; hop <= REDIRECTS; hop += 1) {
        const target = URL.canParse(url) ? new URL(url) : undefined;
        if (!target || !mayHaveToken(target, this.baseOf(profile).origin))
          return refused(
            `The media is at ${target ? `the host "${target.hostname.slice(0, 100)}"` : 'no address'}, which is not known as Meta's; it is not asked, for the access token would go there.`,
          );
        this.mediaHosts ??= new (undici().Agent)({ connections: 16, pipelining: 1 });
        const answer = await this.mediaHosts.request({
          origin: target.origin,
          method: 'GET',
          path: target.pathname + target.search,
          headers: { authorization: `Bearer ${profile.access_token}` },
          signal: bound,
        });
        const { statusCode: status, headers, body } = answer;
        body.on('error', () => undefined); // whoever reads hears of it there; one that nobody reads may break off
        const location = headers['location'];
        if (status >= 300 && status < 400 && typeof location === 'string') {
          await body.dump();
          url = new URL(location, target).href;
          continue;
        }
        if (status !== 200) {
          const text = await textWithin(body, ANSWER_BYTES);
          const told = graphAnswerOf(status, text ?? '', hiding(profile.access_token), 'media');
          return told.ok ? refused(`Meta answered HTTP ${status} in place of the file.`, status, true) : told;
        }
        const bytes = announced(headers['content-length']);
        if (bytes !== undefined && bytes > maxBytes) {
          body.destroy();
          return refused(`The file has ${bytes} bytes; the limit is ${maxBytes}.`, 413);
        }
        return { ok: true, content: body, ...(bytes !== undefined && { bytes }) };
      }
      return refused(`The media's address led through more than ${REDIRECTS} redirects.`);
    } catch (error) {
      return silence(error);
    }
  }

  /** Ends up- and downloads, which go on after the next start, and waits for the other calls. */
  close(): Promise<unknown> {
    this.stopping.abort();
    const all = [...this.pools.values(), ...(this.mediaHosts ? [this.mediaHosts] : [])];
    return Promise.all(all.map((dispatcher) => dispatcher.close()));
  }

  private request(
    profile: Profile,
    { method, path, query, body, form, signal }: Omit<GraphRequest, 'target'>,
  ): Promise<Dispatcher.ResponseData> {
    const url = this.urlOf(profile, path);
    const search = query ? `?${new URLSearchParams(query)}` : '';
    const content = form
      ? multipartBody(form)
      : body && { headers: { 'content-type': 'application/json' }, body: jsonOf(body) };
    return this.pool(url.origin).request({
      method,
      path: `${url.pathname}${search}`,
      headers: { authorization: `Bearer ${profile.access_token}`, ...content?.headers },
      ...(content && { body: content.body }),
      ...(signal && { signal }),
    });
  }

  /** Where messages of a profile are sent. */
  messagesUrl(profileName: string): string {
    const profile = profileOf(this.config, profileName);
    return profile ? this.urlOf(profile, `${profile.phone_number_id}/messages`).href : '';
  }

  private urlOf(profile: Profile, path: string): URL {
    const base = this.baseOf(profile);
    return new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}/${profile.graph_version}/${path}`);
  }

  private baseOf({ graph_url }: Profile): URL {
    return new URL(graph_url === 'emulator' ? `${this.host.url}/emulator/graph` : graph_url);
  }

  private gone(profileName: string): string {
    return `The profile "${profileName}" is no longer configured. Profiles: ${Object.keys(this.config.profiles).join(', ')}.`;
  }

  private pool(origin: string): Pool {
    let pool = this.pools.get(origin);
    if (!pool) {
      pool = new (undici().Pool)(origin, { connections: 128, pipelining: 1, keepAliveTimeout: 30_000 });
      this.pools.set(origin, pool);
    }
    return pool;
  }
}

const refused = (message: string, status = 0, transient = false): GraphRefusal => ({
  ok: false,
  kind: 'refused',
  status,
  message,
  transient,
});

const silence = (error: unknown): GraphSilence => ({
  ok: false,
  kind: 'unreachable',
  message: `Meta could not be reached, or its answer broke off (${failureCode(error)}).`,
});

/** Half of a surrogate pair is no text in UTF-8, and Meta would refuse the whole body for it. */
function jsonOf(body: object): string {
  const json = JSON.stringify(body);
  if (!/\\ud[89a-f]/.test(json)) return json;
  return JSON.stringify(body, (_key, value) =>
    typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value,
  );
}

function announced(length: unknown): number | undefined {
  const bytes = typeof length === 'string' ? Number(length) : Number.NaN;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const failureCode = (error: unknown): string => (error as { code?: string }).code ?? (error as Error).name;

/** Certificates and handshakes: there was no connection to send over. */
const TLS_FAILURE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;

/** A connection that was never made sent nothing; any other failure leaves the outcome open. */
function outcomeOfFailure(error: unknown): SendOutcome {
  const code = String(failureCode(error));
  if (code === 'UND_ERR_INVALID_ARG') {
    const message =
      'The call cannot be written as HTTP. Look for blanks and line breaks in access_token and graph_url of the profile.';
    return { result: 'halt', problem: { code: 'provider_unreachable', message } };
  }
  const isConnecting = (error as { syscall?: string }).syscall === 'connect';
  const neverSent =
    isConnecting ||
    TLS_FAILURE.test(code) ||
    [
      'ECONNREFUSED',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_CLOSED', // the program stops
    ].includes(code);
  if (neverSent)
    return {
      result: 'retry',
      limit: 'none',
      problem: { code: 'provider_unreachable', message: `Meta could not be reached (${code}).` },
    };
  return { result: 'unknown', problem: { code: 'unknown_outcome', message: `The answer was lost (${code}).` } };
}
