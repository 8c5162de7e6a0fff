import { type LookupAddress, lookup } from 'node:dns';
import { createRequire } from 'node:module';
import type { LookupFunction } from 'node:net';
import { inject, injectable } from 'inversify';
import type { Agent } from 'undici';
import type { Problem } from '../contract/stub.js';
import { addressKind } from './address-kind.js';
import { ApicallConfig } from './apicall-config.js';
import type { RawAnswer } from './call-answer.js';
import { addressProblem } from './callee.js';
import type { OutgoingCall } from './outgoing-call.js';

/** Read with the first call, not at start: it takes a tenth of a second. */
const undici = () => createRequire(import.meta.url)('undici') as typeof import('undici');

/** What one attempt came to. */
export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly answer: RawAnswer }
  /** No whole answer. `sent`: the callee may have had the request. `why`: a code or a few words, nothing of the request. */
  | { readonly kind: 'silent'; readonly sent: boolean; readonly why: string }
  | { readonly kind: 'refused'; readonly problem: Problem };

const CONNECT_MS = 5_000;
/** There was no connection to send over. */
const NEVER_SENT =
  /^(?:ENOTFOUND|EAI_|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;

class AddressRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** Does calls over HTTP, to addresses that may be called. It follows no redirects and heeds no proxy. */
@injectable()
export class HttpCaller {
  private agent: Agent | undefined;

  constructor(@inject(ApicallConfig) private readonly config: ApicallConfig) {}

  /** One attempt. It answers for all that a callee can do; where `signal` ends it, it throws. */
  async attempt(
    call: OutgoingCall,
    {
      timeoutMs,
      maxBytes,
      signal,
    }: { readonly timeoutMs: number; readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<AttemptOutcome> {
    this.agent ??= new (undici().Agent)({
      connect: { lookup: this.lookup, timeout: CONNECT_MS },
      pipelining: 1,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 32 * 1024,
    });
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const {
        statusCode: status,
        headers,
        body,
      } = await this.agent.request({
        origin: call.url.origin,
        path: call.url.pathname + call.url.search,
        method: call.method,
        headers: { ...call.headers },
        ...(call.body !== undefined && { body: call.body }),
        signal: bound,
      });
      return { kind: 'answered', answer: { status, headers, body: await bytesWithin(body, maxBytes) } };
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof AddressRefused) return { kind: 'refused', problem: error.problem };
      const why = failureOf(error, timeoutMs);
      const isConnecting = (error as { syscall?: unknown }).syscall === 'connect';
      return { kind: 'silent', sent: !isConnecting && !NEVER_SENT.test(why), why };
    }
  }

  async close(): Promise<void> {
    await this.agent?.destroy();
  }

  /**
   * The addresses of a name, every one of them held against the rules: what is connected to is what was looked at, whatever
   * the name leads to a moment later.
   */
  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = found as LookupAddress[] | undefined;
      if (error || !addresses) return callback(error, []);
      for (const { address } of addresses) {
        const problem = addressProblem(hostname, addressKind(address), this.config);
        if (problem) return callback(new AddressRefused(problem), []);
      }
      if (options.all) return callback(null, addresses);
      const [{ address, family }] = addresses as [LookupAddress];
      callback(null, address, family);
    });
  };
}

async function bytesWithin(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | 'too_long'> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return 'too_long'; // leaving the loop ends the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failureOf(error: unknown, timeoutMs: number): string {
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return typeof code === 'string' ? code : String(name);
}
