import type { Problem } from '../contract/stub.js';
import type { ApicallConfig } from './apicall-config.js';
import type { ApicallParams } from './apicall-params.js';
import { calleeProblem, isOneOf, shownHost } from './callee.js';

/** What one task asks over HTTP, ready to be sent. */
export interface OutgoingCall {
  readonly method: ApicallParams['method'];
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** The headers with the names of secrets in place of their values. */
  readonly shownHeaders: { readonly [name: string]: string };
  /** All that must not be seen of it: its secrets, in the forms in which they are sent. */
  readonly hidden: readonly string[];
}

type Built = { readonly ok: true; readonly call: OutgoingCall } | { readonly ok: false; readonly problem: Problem };

const MAX_URL = 8_000;
const MAX_BODY_BYTES = 256 * 1024;
/** Ours, or of the connection. */
const OWN_HEADERS =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|idempotency-key|accept-encoding)$/i;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The request that the params mean, or why it is not made. Pure. */
export function outgoingCall(params: ApicallParams, config: ApicallConfig, idempotencyKey: string): Built {
  const url = urlOf(params);
  if (!(url instanceof URL)) return { ok: false, problem: url };
  const refusal = calleeProblem(url, config);
  if (refusal) return { ok: false, problem: refusal };
  const { headers = {}, body } = params;
  const call = new CallInMaking(url, config);
  call.header('Accept', 'application/json, text/*;q=0.9, */*;q=0.5');
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') call.header(name, value);
    else call.secret(name, value.secret);
  }
  const { auth } = params;
  if (auth?.bearer !== undefined) call.secret('Authorization', auth.bearer, { scheme: 'Bearer ' });
  if (auth?.basic) {
    const { user, password } = auth.basic;
    call.secret('Authorization', password, { scheme: 'Basic ', credential: (secret) => base64(`${user}:${secret}`) });
  }
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  if (text !== undefined && params.method !== 'GET' && params.method !== 'HEAD') {
    if (Buffer.byteLength(text) > MAX_BODY_BYTES)
      call.problem ??= invalid(`body has ${Buffer.byteLength(text)} bytes; at most ${MAX_BODY_BYTES} are sent`);
    if (!call.has('Content-Type'))
      call.header('Content-Type', typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json');
  } else if (text !== undefined)
    call.problem ??= invalid(`a ${params.method} has no body. Use query, or another method`);
  if (call.problem) return { ok: false, problem: call.problem };
  const own = { 'Accept-Encoding': 'identity', 'Idempotency-Key': idempotencyKey };
  return {
    ok: true,
    call: {
      method: params.method,
      url,
      headers: { ...call.headers, ...own },
      shownHeaders: { ...call.shown, ...own },
      hidden: call.hidden,
      ...(text !== undefined && { body: text }),
    },
  };
}

function urlOf({ url: written, path, query }: ApicallParams): URL | Problem {
  if (!URL.canParse(written))
    return invalid(
      `url is "${written.slice(0, 80)}", which is no URL. Write one such as https://crm.example.org/people`,
    );
  const url = new URL(written);
  url.hash = '';
  if (path) {
    const climbs = path.find((part) => part === '' || part === '.' || part === '..');
    if (climbs !== undefined)
      return invalid(`path has the part "${climbs}", which leads elsewhere. Give each part a value`);
    url.pathname = [
      url.pathname.replace(/\/$/, ''),
      ...path.map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\uFFFD'))),
    ].join('/');
  }
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, value);
  return url.href.length <= MAX_URL ? url : invalid(`the URL has ${url.href.length} characters; at most ${MAX_URL}`);
}

/** Headers being put together; the first thing that is wrong with them is kept. */
class CallInMaking {
  readonly headers: { [name: string]: string } = {};
  readonly shown: { [name: string]: string } = {};
  readonly hidden: string[] = [];
  problem: Problem | undefined;

  constructor(
    private readonly url: URL,
    private readonly config: ApicallConfig,
  ) {}

  has(name: string): boolean {
    return Object.keys(this.headers).some((known) => known.toLowerCase() === name.toLowerCase());
  }

  header(name: string, value: string, shown = value): void {
    if (!HEADER_NAME.test(name)) this.problem ??= invalid(`headers: "${name.slice(0, 60)}" is no name of a header`);
    if (OWN_HEADERS.test(name)) this.problem ??= invalid(`headers.${name} is set by the program itself. Remove it`);
    if (!HEADER_VALUE.test(value))
      this.problem ??= invalid(
        `headers.${name} has a line break or a letter that headers cannot carry. Send it in body or query`,
      );
    for (const known of Object.keys(this.headers)) {
      if (known.toLowerCase() !== name.toLowerCase()) continue;
      delete this.headers[known];
      delete this.shown[known];
    }
    this.headers[name] = value;
    this.shown[name] = shown;
  }

  secret(header: string, name: string, { scheme = '', credential = (secret: string) => secret } = {}): void {
    const problem = secretProblem(name, this.url, this.config);
    if (problem) {
      this.problem ??= problem;
      return;
    }
    const sent = credential(this.config.secrets[name]!.value);
    this.hidden.push(sent);
    this.header(header, `${scheme}${sent}`, `${scheme}(the secret ${name})`);
  }
}

/** Why a secret does not go to this address; undefined where it may. */
export function secretProblem(name: string, url: URL, config: ApicallConfig): Problem | undefined {
  if (!Object.hasOwn(config.secrets, name)) {
    const known = Object.keys(config.secrets).join(', ') || 'none';
    return secretRefused(
      `There is no secret "${name.slice(0, 60)}" in apicall.secrets of the configuration. It has: ${known}.`,
    );
  }
  const { hosts } = config.secrets[name]!;
  if (hosts && !isOneOf(url, hosts))
    return secretRefused(
      `The secret "${name}" may not go to "${shownHost(url)}". Its hosts: ${hosts.join(', ')}. Add this one to apicall.secrets.${name}.hosts where it is meant.`,
    );
  if (url.protocol === 'http:' && !config.allow_private_addresses)
    return secretRefused(`The secret "${name}" would go to "${shownHost(url)}" unencrypted. Write https://.`);
  return undefined;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const invalid = (message: string): Problem => ({ code: 'validation_failed', message: `params.${message}.` });
const secretRefused = (message: string): Problem => ({ code: 'apicall_secret', message });
