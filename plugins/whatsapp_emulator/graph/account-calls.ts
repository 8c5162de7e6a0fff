import { inject, injectable } from 'inversify';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import { RedisConnection } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';
import type { JsonBody } from '../message/check-send.js';
import { chars, shaped } from '../message/shape.js';
import type { GraphAnswer } from './graph-answer.js';
import { badParam } from './graph-error.js';

const noEmoji = (max: number) =>
  chars(1, max).refine((text) => !/\p{Extended_Pictographic}/u.test(text), 'must hold no emoji');

const Automation = z.strictObject({
  messaging_product: z.literal('whatsapp').optional(),
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

const ok = (body: unknown): GraphAnswer => ({ status: 200, body });

/** What `fields` asks for, with the id; the fields of `unasked` where it asks for nothing. */
function selected(id: string, record: { readonly [field: string]: unknown }, fields?: string, unasked?: string[]) {
  const wanted = fields ? fields.split(',').map((field) => field.trim()) : (unasked ?? Object.keys(record));
  const unknown = wanted.find((field) => !(field in record) && field !== 'id');
  if (unknown !== undefined) throw badParam(`Tried accessing nonexisting field (${unknown})`);
  return { ...Object.fromEntries(wanted.map((field) => [field, record[field]])), id };
}

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
    };
    return ok(selected(wabaId, record, fields));
  }

  /** The one app there is: it is always subscribed. */
  subscribedApps(): GraphAnswer {
    return ok({ data: [{ whatsapp_business_api_data: APP }] });
  }

  private async numberRecord(account: Account): Promise<{ readonly [field: string]: unknown }> {
    const { phoneNumberId: id, displayPhoneNumber, profile, webhook } = account;
    return {
      display_phone_number:
        parsePhoneNumberFromString(`+${displayPhoneNumber}`)?.formatInternational() ?? `+${displayPhoneNumber}`,
      verified_name: profile,
      code_verification_status: 'VERIFIED',
      quality_rating: 'GREEN',
      platform_type: 'CLOUD_API',
      throughput: { level: (this.config.throughput_per_second ?? 0) > 80 ? 'HIGH' : 'STANDARD' },
      webhook_configuration: { application: webhook },
      status: 'CONNECTED',
      account_mode: 'LIVE',
      name_status: 'APPROVED',
      is_official_business_account: false,
      whatsapp_business_manager_messaging_limit: 'TIER_UNLIMITED',
      conversational_automation: { id, ...(await this.automationOf(id)) },
    };
  }

  private async automationOf(phoneNumberId: string): Promise<object> {
    const stored = await this.redis.orAway(this.redis.client.hget(this.keys.automation(), phoneNumberId));
    return stored === null ? {} : (JSON.parse(stored) as object);
  }
}
