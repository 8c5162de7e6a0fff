import { inject, injectable } from 'inversify';
import { RedisConnection, StubwireError } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { ChatReader } from '../chat/chat-reader.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { WebhookOutbox } from '../webhook/webhook-outbox.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import type { Fault, FaultRequest } from './fault.js';

/** Whether the fault is about this lane. */
const concerns = (fault: Fault, client: string, profile: string | undefined): boolean =>
  (fault.client === undefined || fault.client === client) && (fault.profile === undefined || fault.profile === profile);

/** The faults in force: asked for, listed, ended. Calls take them in `emulator-begin.lua`. */
@injectable()
export class FaultDesk {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @inject(WebhookPump) private readonly pump: WebhookPump,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(AccountBook) private readonly accounts: AccountBook,
  ) {}

  async add(request: FaultRequest): Promise<Fault> {
    const id = String(await this.redis.orAway(this.redis.client.incr(this.keys.faultIds())));
    const fault: Fault = { id, ...(await this.checked(request)) };
    await this.redis.orAway(this.redis.client.hset(this.keys.faults(), id, JSON.stringify(fault)));
    return fault;
  }

  /** Oldest first; `times` is what is left of it. */
  async list(): Promise<readonly Fault[]> {
    const stored = await this.redis.orAway(this.redis.client.hvals(this.keys.faults()));
    return stored.map((text) => JSON.parse(text) as Fault).sort((a, b) => Number(a.id) - Number(b.id));
  }

  /** Ends one fault, or all, and lets go what it held back. Returns how many ended. */
  async remove(id?: string): Promise<number> {
    const ended = (await this.list()).filter((fault) => id === undefined || fault.id === id);
    if (ended.length > 0)
      await this.redis.orAway(this.redis.client.hdel(this.keys.faults(), ...ended.map((fault) => fault.id)));
    await this.releaseUnheld();
    return ended.length;
  }

  private async releaseUnheld(): Promise<void> {
    const holding = (await this.list()).filter((fault) => fault.kind === 'hold_statuses');
    for (const lane of await this.redis.orAway(this.outbox.heldLanes())) {
      const [phoneNumberId, client] = lane.split(':') as [string, string];
      const profile = this.accounts.ofNumberId(phoneNumberId)?.profile;
      if (!holding.some((fault) => concerns(fault, client, profile))) await this.outbox.release(lane);
    }
    this.pump.nudge();
  }

  /** The client in digits, and a profile that is played. */
  private async checked(request: FaultRequest): Promise<FaultRequest> {
    const { client, profile } = request;
    const resolved = client === undefined ? undefined : await this.reader.resolve(client);
    if (client !== undefined && resolved === undefined)
      throw new StubwireError('number_invalid', `client: "${client}" is neither a number nor a user id seen here.`);
    if (profile !== undefined && !this.accounts.ofProfile(profile))
      throw new StubwireError('validation_failed', `profile: "${profile}" is not played here.`);
    return resolved === undefined ? request : { ...request, client: resolved };
  }
}
