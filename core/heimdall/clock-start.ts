import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import type { Service } from '../contract/service.js';
import { Templates } from '../template/templates.js';
import { wakeClock } from './event-clock.js';
import { Registrations } from './registrations.js';

/**
 * Every process that starts reads who waits for events, of very many for seconds, and is not ready before. Then it wakes
 * the clock of events: whoever was to wake it may be gone. So do templates that are replaced, which may have registered
 * for minutes.
 */
@injectable()
export class ClockStart implements Service {
  readonly name = 'clock of events';

  constructor(
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(Templates) private readonly templates: Templates,
    @inject(Registrations) private readonly registrations: Registrations,
  ) {}

  async start(): Promise<void> {
    this.templates.onReplaced(() => void this.wake().catch(() => undefined)); // the connection is closed: it stops
    await this.registrations.fresh();
    await this.wake();
  }

  stop(): void {}

  private wake(): Promise<unknown> {
    return this.mail.tell([wakeClock(randomUUID())]);
  }
}
