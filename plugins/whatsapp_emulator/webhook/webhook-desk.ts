import { inject, injectable } from 'inversify';
import { Clock, RedisConnection } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { changeWebhook, escapedJson, valueHead } from './webhook-body.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WebhookPump } from './webhook-pump.js';

/** A webhook asked for by hand: one change of a field, or a whole body. */
export type AskedWebhook =
  | { readonly field: string; readonly value: unknown; readonly metadata: boolean }
  /** A text is posted as it is, valid JSON or not. */
  | { readonly body: unknown };

function bodyOf(account: Account, asked: AskedWebhook): string {
  if ('body' in asked) return typeof asked.body === 'string' ? asked.body : escapedJson(asked.body);
  const { field, value, metadata } = asked;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return changeWebhook(account, field, metadata && isObject ? { ...valueHead(account), ...value } : value);
}

/** Webhooks by hand: the list of what was posted, posting it again, posting anything. */
@injectable()
export class WebhookDesk {
  constructor(
    @inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @inject(WebhookPump) private readonly pump: WebhookPump,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(Clock) private readonly clock: Clock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  /** Oldest first; `raw` are the bytes that were signed. */
  async list(limit: number) {
    return (await this.outbox.posted(limit)).map(({ phoneNumberId, body }) => ({
      profile: this.accounts.ofNumberId(phoneNumberId)?.profile,
      raw: body,
    }));
  }

  async post(account: Account, asked: AskedWebhook): Promise<void> {
    await this.add(account.phoneNumberId, [bodyOf(account, asked)]);
  }

  /** Posts the newest ones again, the same bytes in the same order. Returns how many. */
  async replay(last: number): Promise<number> {
    const posted = await this.outbox.posted(last);
    for (const { phoneNumberId, body } of posted) await this.add(phoneNumberId, [body]);
    return posted.length;
  }

  private async add(phoneNumberId: string, bodies: readonly string[]): Promise<void> {
    await this.outbox.add(phoneNumberId, bodies, await this.redis.orAway(this.clock.nowMs()));
    this.pump.nudge();
  }
}
