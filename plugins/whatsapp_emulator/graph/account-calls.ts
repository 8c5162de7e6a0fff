import { inject, injectable } from 'inversify';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import { RedisConnection } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { chars, shaped } from '../message/shape.js';
import type { GraphAnswer } from './graph-answer.js';
import { type FieldRecord, healthStatus, selected } from './graph-fields.js';
import type { JsonBody } from './graph-parameters.js';

const noEmoji = (max: number) =>
  chars(1, max).refine((text) => !/\p{Extended_Pictographic}/u.test(text), 'must hold no emoji');

const Automation = z.strictObject({
  messaging_product: z.literal('whatsapp', 'must be whatsapp').optional(),
  enable_welcome_message: z.boolean('must be true or false').optional(),
  commands: z
    .array(
      z.strictObject({
        command_name: noEmoji(32).regex(/^[^\s/]+$/, 'must hold no space and no slash'),
        command_description: noEmoji(256),
      }),
    )
    .max(30, 'must hold at most 30 commands')
    .optional(),
  prompts: z.array(noEmoji(80)).max(4, 'must hold at most 4 prompts').optional(),
});

const DEFAULT_FIELDS = [
  'verified_name', 'code_verification_status', 'display_phone_number', 'quality_rating', 'platform_type', 'throughput',
  'webhook_configuration',
]; // biome-ignore format: a list reads best
const APP = { id: '300000000000001', name: 'Emulated app', link: 'https://example.com/' };

/** The portfolio of all accounts, and when it was created. */
const BUSINESS_ID = '400000000000001';
const CREATED_S = 1_704_067_200;

const ok = (body: unknown): GraphAnswer => ({ status: 200, body });

/** Calls about the account itself: its numbers, the app that hears of it, commands and ice breakers. */
@injectable()
export class AccountCalls {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
    @inject(AccountBook) private readonly accounts: AccountBook,
  ) {}

  /** Replaces what was there; a body without `commands` and `prompts` takes them away. */
  async setAutomation(account: Account, body: JsonBody): Promise<GraphAnswer> {
    const { messaging_product: _, ...stored } = shaped(Automation, body, 'conversational_automation');
    const write = this.redis.client.hset(this.keys.automation(), account.phoneNumberId, JSON.stringify(stored));
    await this.redis.orAway(write);
    return ok({ success: true });
  }

  /** The number's own record. */
  async phoneNumber(account: Account, fields: string | undefined): Promise<GraphAnswer> {
    return ok(selected(account.phoneNumberId, await this.numberRecord(account), fields, DEFAULT_FIELDS));
  }

  /** All numbers of the business account. */
  async phoneNumbers({ wabaId }: Account, fields: string | undefined): Promise<GraphAnswer> {
    const ours = this.accounts.all.filter((account) => account.wabaId === wabaId);
    const data = await Promise.all(
      ours.map(async (account) =>
        selected(account.phoneNumberId, await this.numberRecord(account), fields, DEFAULT_FIELDS),
      ),
    );
    return ok({ data, paging: { cursors: { before: 'MAZDZD', after: 'MAZDZD' } } });
  }

  businessAccount({ wabaId }: Account, fields: string | undefined): GraphAnswer {
    const record = {
      name: `Business account ${wabaId.slice(-4)}`,
      timezone_id: '1',
      message_template_namespace: `ns_${wabaId}`,
      account_review_status: 'APPROVED',
      status: 'ACTIVE',
      currency: 'USD',
      country: 'US',
      business_verification_status: 'verified',
      ownership_type: 'SELF',
      owner_business_info: { name: 'Emulated business', id: BUSINESS_ID },
      on_behalf_of_business_info: undefined,
      primary_funding_id: undefined,
      purchase_order_number: undefined,
      is_enabled_for_insights: true,
      health_status: healthStatus(['WABA', wabaId], ['BUSINESS', BUSINESS_ID], ['APP', APP.id]),
      creation_time: CREATED_S,
      linked_commerce_account: undefined,
      marketing_messages_lite_api_status: 'INELIGIBLE',
      marketing_messages_onboarding_status: 'INELIGIBLE',
      disable_marketing_messages_on_cloud_api: false,
      subscribed_apps: { data: [{ whatsapp_business_api_data: APP }] },
    };
    return ok(selected(wabaId, record, fields, ['name', 'timezone_id', 'message_template_namespace']));
  }

  /** The one app there is: it is always subscribed. */
  subscribedApps(): GraphAnswer {
    return ok({ data: [{ whatsapp_business_api_data: APP }] });
  }

  private async numberRecord(account: Account): Promise<FieldRecord> {
    const { phoneNumberId: id, displayPhoneNumber, profile, webhook } = account;
    const parsed = parsePhoneNumberFromString(`+${displayPhoneNumber}`);
    return {
      display_phone_number: parsed?.formatInternational() ?? `+${displayPhoneNumber}`,
      verified_name: profile,
      code_verification_status: 'VERIFIED',
      quality_rating: 'GREEN',
      platform_type: 'CLOUD_API',
      throughput: { level: (this.config.throughput_per_second ?? 0) > 80 ? 'HIGH' : 'STANDARD' },
      webhook_configuration: { application: webhook },
      quality_score: { score: 'GREEN' },
      status: 'CONNECTED',
      account_mode: 'LIVE',
      name_status: 'APPROVED',
      new_name_status: 'NONE',
      is_official_business_account: false,
      is_pin_enabled: true,
      is_on_biz_app: false,
      is_preverified_number: false,
      search_visibility: 'VISIBLE',
      eligibility_for_api_business_global_search: 'NON_ELIGIBLE_UNDEFINED',
      health_status: healthStatus(
        ['PHONE_NUMBER', id],
        ['WABA', account.wabaId],
        ['BUSINESS', BUSINESS_ID],
        ['APP', APP.id],
      ),
      certificate: undefined,
      new_certificate: undefined,
      last_onboarded_time: new Date(CREATED_S * 1_000).toISOString(),
      country_code: parsed?.country,
      country_dial_code: parsed?.countryCallingCode,
      whatsapp_business_manager_messaging_limit: 'TIER_UNLIMITED',
      conversational_automation: { id, ...(await this.automationOf(id)) },
    };
  }

  private async automationOf(phoneNumberId: string): Promise<object> {
    const stored = await this.redis.orAway(this.redis.client.hget(this.keys.automation(), phoneNumberId));
    return stored === null ? {} : (JSON.parse(stored) as object);
  }
}
