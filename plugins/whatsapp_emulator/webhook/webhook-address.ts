import { inject, injectable } from 'inversify';
import { HostAddress } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';

/** Where an account's webhooks go: to its own URL, or to its path on this host. */
@injectable()
export class WebhookAddress {
  constructor(
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
    @inject(HostAddress) private readonly host: HostAddress,
  ) {}

  urlOf(account: Account): string {
    return new URL(account.webhook, this.config.webhook_base_url ?? this.host.url).href;
  }
}
