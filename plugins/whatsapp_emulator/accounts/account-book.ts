import { inject, injectable, multiInject, optional } from 'inversify';
import { EmulatedAccount, RealAccount, StubwireError } from '../../../core/index.js';
import { type ConfiguredAccount, EmulatorConfig } from '../emulator-config.js';

/** What contributed accounts call this provider. */
const PROVIDER = 'whatsapp';

/** One business number that is played here. */
export interface Account {
  readonly profile: string;
  readonly phoneNumberId: string;
  readonly displayPhoneNumber: string;
  readonly wabaId: string;
  readonly accessToken: string;
  readonly appSecret: string;
  /** A whole URL, or a path on this host. */
  readonly webhook: string;
}

const configured = (account: ConfiguredAccount): Account => ({
  profile: account.profile,
  phoneNumberId: account.phone_number_id,
  displayPhoneNumber: account.display_phone_number,
  wabaId: account.waba_id,
  accessToken: account.access_token,
  appSecret: account.app_secret,
  webhook: account.webhook_url,
});

const contributed = (account: EmulatedAccount): Account => ({
  profile: account.profile,
  phoneNumberId: account.phoneNumberId,
  displayPhoneNumber: account.displayPhoneNumber.replace(/\D/g, ''),
  wabaId: account.businessAccountId,
  accessToken: account.accessToken,
  appSecret: account.appSecret,
  webhook: account.webhookPath,
});

/** All accounts that are played: contributed ones first, then those of the configuration. Names and ids are unique. */
@injectable()
export class AccountBook {
  readonly all: readonly Account[];
  private readonly byNumberId: ReadonlyMap<string, Account>;
  private readonly byProfile: ReadonlyMap<string, Account>;
  private readonly tokens: ReadonlySet<string>;

  constructor(
    @inject(EmulatorConfig) config: EmulatorConfig,
    @multiInject(EmulatedAccount) @optional() accounts: EmulatedAccount[] = [],
    @multiInject(RealAccount) @optional() realAccounts: RealAccount[] = [],
  ) {
    const real = realAccounts.find((account) => account.provider === PROVIDER);
    if (real) {
      throw new StubwireError(
        'emulator_beside_real',
        `The profile "${real.profile}" reaches ${real.url}, and whatsapp_emulator is enabled: anybody could write as a client and move the clock. Take whatsapp_emulator out of plugins, or set graph_url to emulator.`,
      );
    }
    const ours = accounts.filter((account) => account.provider === PROVIDER);
    this.all = [...ours.map(contributed), ...config.accounts.map(configured)];
    this.byNumberId = this.index('phone_number_id', (account) => account.phoneNumberId);
    this.byProfile = this.index('profile', (account) => account.profile);
    this.tokens = new Set(this.all.map((account) => account.accessToken));
  }

  /** Whether any account has this token: tells a wrong token (190) from a wrong number (100/33). */
  knowsToken(token: string): boolean {
    return this.tokens.has(token);
  }

  ofNumberId(phoneNumberId: string): Account | undefined {
    return this.byNumberId.get(phoneNumberId);
  }

  ofProfile(profile: string): Account | undefined {
    return this.byProfile.get(profile);
  }

  ofWaba(wabaId: string): Account | undefined {
    return this.all.find((account) => account.wabaId === wabaId);
  }

  private index(name: string, keyOf: (account: Account) => string): ReadonlyMap<string, Account> {
    const index = new Map<string, Account>();
    for (const account of this.all) {
      const key = keyOf(account);
      if (index.has(key))
        throw new StubwireError(
          'plugin_duplicate',
          `Two emulated WhatsApp accounts have the ${name} "${key}". Give each profile, and each entry of plugins.whatsapp_emulator.accounts, its own.`,
        );
      index.set(key, account);
    }
    return index;
  }
}
