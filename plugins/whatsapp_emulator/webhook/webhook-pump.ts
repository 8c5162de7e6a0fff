import { setTimeout as delay } from 'node:timers/promises';
import { inject, injectable } from 'inversify';
import { Clock, Logger, masked, type Service } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import { WebhookAddress } from './webhook-address.js';
import { retryDelayMs } from './webhook-job.js';
import { type LeasedWebhook, type PostResult, WebhookOutbox } from './webhook-outbox.js';
import { WebhookPost } from './webhook-post.js';

/** How soon this process sees a webhook that another one stored, or whose time has come. */
const LOOK_EVERY_MS = 200;
/** A killed process holds its lanes for so long at most; a living one renews in time. */
const LEASE_MS = 2_000;
const RENEW_EVERY_MS = 500;
const STOP_WAIT_MS = 2_000;
/** A lane of an account that this process does not know is left to others for so long. */
const NOT_OURS_DELAY_MS = 1_000;

/**
 * Posts what waits in the outbox: one webhook of a lane at a time, lanes side by side. It keeps nothing: a webhook leaves
 * Redis only after its answer 200, and the lease of a process that died ends by itself.
 */
@injectable()
export class WebhookPump implements Service {
  readonly name = 'whatsapp emulator webhooks';
  private readonly running = new Map<LeasedWebhook, Promise<void>>();
  private timers: readonly NodeJS.Timeout[] = [];
  private looking: Promise<void> = Promise.resolve();
  private claiming = false;
  private again = false;
  private open = false;

  constructor(
    @inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @inject(WebhookPost) private readonly post: WebhookPost,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(WebhookAddress) private readonly address: WebhookAddress,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
    @inject(Clock) private readonly clock: Clock,
    @inject(Logger) private readonly log: Logger,
  ) {}

  start(): void {
    this.open = true;
    this.timers = [setInterval(() => this.nudge(), LOOK_EVERY_MS), setInterval(() => this.renew(), RENEW_EVERY_MS)];
    this.nudge();
  }

  /** Looks now. Called after every commit in this process, so that a webhook leaves at once. */
  nudge(): void {
    this.again = true;
    if (!this.claiming && this.open) this.looking = this.look();
  }

  /** Waits a little for answers under way; what is cut off is posted again by the next process. */
  async stop(): Promise<void> {
    this.open = false;
    const ended = this.looking.then(() => Promise.all(this.running.values()));
    await Promise.race([ended, delay(STOP_WAIT_MS, undefined, { ref: false })]);
    for (const timer of this.timers) clearInterval(timer);
    await this.post.close();
  }

  private async look(): Promise<void> {
    this.claiming = true;
    try {
      while (this.again && this.open) {
        this.again = false;
        const free = this.config.webhook_concurrency - this.running.size;
        if (free < 1) {
          this.again = true; // for the next lane that ends
          return;
        }
        const taken = await this.outbox.claim(free, LEASE_MS);
        this.again ||= taken.length === free;
        for (const webhook of taken) this.run(webhook);
      }
    } catch (error) {
      this.log.warn({ err: error }, 'the emulator could not read its webhooks; it looks again');
    } finally {
      this.claiming = false;
    }
  }

  private run(webhook: LeasedWebhook): void {
    const work = this.drain(webhook)
      .catch((error) => this.log.warn({ err: error }, 'a webhook of the emulator stays leased until its lease ends'))
      .finally(() => {
        this.running.delete(webhook);
        if (this.again) this.nudge();
      });
    this.running.set(webhook, work);
  }

  private renew(): void {
    if (this.running.size === 0) return;
    const renewed = this.outbox.renew([...this.running.keys()], LEASE_MS);
    renewed.catch((error) => this.log.warn({ err: error }, 'the emulator could not renew the leases of its webhooks'));
  }

  private async drain(first: LeasedWebhook): Promise<void> {
    let webhook: LeasedWebhook | undefined = first;
    while (webhook) {
      const outcome: PostResult = await this.deliver(webhook);
      webhook = await this.outbox.settle(webhook, outcome, this.open ? LEASE_MS : 0);
    }
  }

  private async deliver({ phoneNumberId, client, job }: LeasedWebhook): Promise<PostResult> {
    const account = this.accounts.ofNumberId(phoneNumberId);
    if (!account) return { result: 'retry', delayMs: NOT_OURS_DELAY_MS };
    const problem = await this.post.send(this.address.urlOf(account), job.body, account.appSecret);
    if (problem === undefined) return { result: 'done' };
    const delayMs = retryDelayMs((await this.clock.nowMs()) - job.atMs);
    const about = { profile: account.profile, client: masked(client), problem, delayMs };
    if (delayMs === undefined) {
      this.log.error(about, 'a webhook of the emulator is given up: 7 days without an answer 200');
      return { result: 'dropped' };
    }
    this.log.debug(about, 'a webhook of the emulator was not taken; it is tried again');
    return { result: 'retry', delayMs };
  }
}
