import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { RedisConnection } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { chars, shaped } from '../message/shape.js';
import type { GraphAnswer } from './graph-answer.js';
import { badParam } from './graph-error.js';
import { selected } from './graph-fields.js';
import type { JsonBody } from './graph-parameters.js';
import { notPlayed } from './not-played.js';

const Settings = z.strictObject({
  messaging_product: z.literal('whatsapp', 'must be whatsapp').optional(),
  user_identity_change: z.strictObject({ enable_identity_key_check: z.boolean('must be true or false') }),
});
const OTHER_SETTINGS = ['calling', 'payload_encryption', 'storage_configuration'];

const VERTICALS = [
  'OTHER', 'AUTO', 'BEAUTY', 'APPAREL', 'EDU', 'ENTERTAIN', 'EVENT_PLAN', 'FINANCE', 'GROCERY', 'GOVT', 'HOTEL', 'HEALTH',
  'NONPROFIT', 'PROF_SERVICES', 'RETAIL', 'TRAVEL', 'RESTAURANT', 'ALCOHOL', 'ONLINE_GAMBLING', 'PHYSICAL_GAMBLING', 'OTC_DRUGS',
] as const; // biome-ignore format: a list reads best

const BusinessProfile = z.strictObject({
  messaging_product: z.literal('whatsapp', 'must be whatsapp'),
  about: chars(1, 139).optional(),
  address: chars(0, 256).optional(),
  description: chars(0, 512).optional(),
  email: z.union([z.literal(''), z.email('must be an e-mail address').max(128)]).optional(),
  websites: z.array(z.url('must be a URL').max(256)).max(2, 'must hold at most 2 addresses').optional(),
  vertical: z.enum(VERTICALS, `must be one of ${VERTICALS.join(', ')}`).optional(),
});
type BusinessProfile = z.output<typeof BusinessProfile>;
const NO_PROFILE: { readonly [Field in keyof BusinessProfile | 'profile_picture_url']: undefined } = {
  messaging_product: undefined,
  about: undefined,
  address: undefined,
  description: undefined,
  email: undefined,
  profile_picture_url: undefined,
  websites: undefined,
  vertical: undefined,
};

const profileField = (phoneNumberId: string, name: string): string => `${phoneNumberId}:profile:${name}`;

const ok = (body: unknown): GraphAnswer => ({ status: 200, body });

/** A business number's settings: the check of identity keys, and the business profile. */
@injectable()
export class NumberSettings {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
  ) {}

  async get({ phoneNumberId }: Account): Promise<GraphAnswer> {
    const checks = (await this.read(`${phoneNumberId}:identity_key_check`)) === '1';
    return ok({ user_identity_change: { enable_identity_key_check: checks } });
  }

  async set({ phoneNumberId }: Account, body: JsonBody): Promise<GraphAnswer> {
    if (OTHER_SETTINGS.some((name) => name in body)) throw notPlayed('settings besides user_identity_change');
    const { user_identity_change } = shaped(Settings, body, 'settings');
    const checks = user_identity_change.enable_identity_key_check ? '1' : '0';
    await this.write({ [`${phoneNumberId}:identity_key_check`]: checks });
    return ok({ success: true });
  }

  async profile({ phoneNumberId }: Account, fields: string | undefined): Promise<GraphAnswer> {
    const record = { ...NO_PROFILE, messaging_product: 'whatsapp', ...(await this.profileOf(phoneNumberId)) };
    const { id: _, ...profile } = selected(phoneNumberId, record, fields);
    return ok({ data: [profile] });
  }

  /** Changes the given fields only. */
  async setProfile({ phoneNumberId }: Account, body: JsonBody): Promise<GraphAnswer> {
    if ('profile_picture_handle' in body) throw notPlayed('profile pictures');
    if (!('messaging_product' in body)) throw badParam('The parameter messaging_product is required.');
    const given = shaped(BusinessProfile, body, 'whatsapp_business_profile');
    const set = Object.entries(given).map(([field, value]) => [
      profileField(phoneNumberId, field),
      JSON.stringify(value),
    ]);
    await this.write(Object.fromEntries(set)); // each field by itself, so that two simultaneous calls do not undo each other
    return ok({ success: true });
  }

  private async profileOf(phoneNumberId: string): Promise<Partial<BusinessProfile>> {
    const names = Object.keys(BusinessProfile.shape);
    const fields = names.map((name) => profileField(phoneNumberId, name));
    const stored = await this.redis.orAway(this.redis.client.hmget(this.keys.settings(), ...fields));
    return Object.fromEntries(names.flatMap((name, at) => (stored[at] ? [[name, JSON.parse(stored[at])]] : [])));
  }

  private read(field: string): Promise<string | null> {
    return this.redis.orAway(this.redis.client.hget(this.keys.settings(), field));
  }

  private async write(fields: { readonly [field: string]: string }): Promise<void> {
    await this.redis.orAway(this.redis.client.hset(this.keys.settings(), fields));
  }
}
