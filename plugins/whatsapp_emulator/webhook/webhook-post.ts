import { createRequire } from 'node:module';
import { inject, injectable } from 'inversify';
import type { Agent } from 'undici';
import { EmulatorConfig } from '../emulator-config.js';
import { signature } from './webhook-body.js';

/** Read with the first webhook, not at start: it takes a tenth of a second. */
const undici = () => createRequire(import.meta.url)('undici') as typeof import('undici');

/** Posts one webhook. Anything but an answer 200 in time is a failure, told by its reason. */
@injectable()
export class WebhookPost {
  private agent: Agent | undefined;

  constructor(@inject(EmulatorConfig) private readonly config: EmulatorConfig) {}

  /** Undefined when it was answered 200, else why not. */
  async send(url: string, body: string, appSecret: string): Promise<string | undefined> {
    const { Agent, request } = undici();
    this.agent ??= new Agent({ connections: this.config.webhook_concurrency });
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': signature(body, appSecret),
        },
        body,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.webhook_timeout_ms),
      });
      await answer.body.dump();
      return answer.statusCode === 200 ? undefined : `HTTP ${answer.statusCode}`;
    } catch (error) {
      return error instanceof Error ? error.message || error.name : String(error);
    }
  }

  /** Cuts off what is under way. */
  async close(): Promise<void> {
    await this.agent?.destroy();
  }
}
