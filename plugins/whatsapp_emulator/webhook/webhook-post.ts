import { inject, injectable } from 'inversify';
import { Agent, request } from 'undici';
import { EmulatorConfig } from '../emulator-config.js';
import { signature } from './webhook-body.js';

/** Posts one webhook. Anything but an answer 200 in time is a failure, told by its reason. */
@injectable()
export class WebhookPost {
  private readonly agent: Agent;

  constructor(@inject(EmulatorConfig) private readonly config: EmulatorConfig) {
    this.agent = new Agent({ connections: config.webhook_concurrency });
  }

  /** Undefined when it was answered 200, else why not. */
  async send(url: string, body: string, appSecret: string): Promise<string | undefined> {
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
  close(): Promise<void> {
    return this.agent.destroy();
  }
}
