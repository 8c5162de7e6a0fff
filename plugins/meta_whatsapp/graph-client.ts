import { createRequire } from 'node:module';
import { inject, injectable } from 'inversify';
import type { Pool } from 'undici';
import { HostAddress, type SendOutcome } from '../../core/index.js';
import { WhatsAppConfig } from './profile.js';
import { outcomeOf } from './send-outcome.js';

/** Read with the first message, not at start: it takes a tenth of a second. */
const undici = () => createRequire(import.meta.url)('undici') as typeof import('undici');

/** Calls Meta's Graph API, or the emulator in its place, with a profile's token. */
@injectable()
export class GraphClient {
  private readonly pools = new Map<string, Pool>();

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(HostAddress) private readonly host: HostAddress,
  ) {}

  /** `POST /<version>/<phone_number_id>/messages`. Every way it can end is an outcome. */
  async send(profileName: string, body: object, signal: AbortSignal): Promise<SendOutcome> {
    const profile = this.config.profiles[profileName];
    if (!profile) {
      const message = `The profile "${profileName}" is no longer configured. Profiles: ${Object.keys(this.config.profiles).join(', ')}.`;
      return { result: 'rejected', problem: { code: 'profile_unknown', message } };
    }
    const base = new URL(profile.graph_url === 'emulator' ? `${this.host.url}/emulator/graph` : profile.graph_url);
    const path = `${base.pathname.replace(/\/$/, '')}/${profile.graph_version}/${profile.phone_number_id}/messages`;
    const headers = { authorization: `Bearer ${profile.access_token}`, 'content-type': 'application/json' };
    try {
      const answer = await this.pool(base.origin).request({
        method: 'POST',
        path,
        headers,
        body: JSON.stringify(body),
        signal,
      });
      return outcomeOf(answer.statusCode, await answer.body.text());
    } catch (error) {
      return outcomeOfFailure(error);
    }
  }

  close(): Promise<unknown> {
    return Promise.all([...this.pools.values()].map((pool) => pool.close()));
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

/** A connection that was never made sent nothing; any other failure leaves the outcome open. */
function outcomeOfFailure(error: unknown): SendOutcome {
  const code = (error as { code?: string }).code ?? (error as Error).name;
  const neverSent = [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
  ].includes(code);
  if (neverSent)
    return {
      result: 'retry',
      limit: 'none',
      problem: { code: 'provider_unreachable', message: `Meta could not be reached (${code}).` },
    };
  return { result: 'unknown', problem: { code: 'unknown_outcome', message: `The answer was lost (${code}).` } };
}
