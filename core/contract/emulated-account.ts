import type { ServiceIdentifier } from 'inversify';

/**
 * An account at a provider that is played by an emulator. A channel plugin contributes one for each profile that says
 * `emulator`; the emulator plugin of that provider serves it. So neither plugin knows the other.
 */
export interface EmulatedAccount {
  readonly provider: string;
  readonly profile: string;
  readonly phoneNumberId: string;
  readonly displayPhoneNumber: string;
  readonly businessAccountId: string;
  readonly accessToken: string;
  readonly appSecret: string;
  /** Path on this host that gets its webhooks: `/webhooks/meta_whatsapp`. */
  readonly webhookPath: string;
}
export const EmulatedAccount: ServiceIdentifier<EmulatedAccount> = Symbol.for('stubwire.EmulatedAccount');

/** An account at the provider itself. An emulator of that provider refuses to run beside one. */
export interface RealAccount {
  readonly provider: string;
  readonly profile: string;
  readonly url: string;
}
export const RealAccount: ServiceIdentifier<RealAccount> = Symbol.for('stubwire.RealAccount');
