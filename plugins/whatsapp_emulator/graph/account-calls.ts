import { createHash } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { RedisConnection } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { EmulatorKeys } from '../emulator-keys.js';
import type { JsonBody } from '../message/check-send.js';
import { chars, shaped } from '../message/shape.js';
import { TemplateCatalogue, type TemplateDefinition } from '../message/template-catalogue.js';
import type { GraphAnswer } from './graph-answer.js';

const Automation = z.looseObject({
  enable_welcome_message: z.boolean().optional(),
  commands: z
    .array(z.strictObject({ command_name: chars(1, 32), command_description: chars(1, 256) }))
    .max(30, 'must hold at most 30 commands')
    .optional(),
  prompts: z.array(chars(1, 80)).max(4, 'must hold at most 4 prompts').optional(),
});

const ok = (body: unknown): GraphAnswer => ({ status: 200, body });

const templateId = ({ name, language }: TemplateDefinition): string =>
  createHash('sha256').update(`${name} ${language}`).digest().readBigUInt64BE().toString().slice(0, 16);

/** Calls about the account itself: its templates, its number, its commands and ice breakers. */
@injectable()
export class AccountCalls {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(TemplateCatalogue) private readonly templates: TemplateCatalogue,
  ) {}

  /** All templates on one page; `name` filters. */
  listTemplates(name: string | undefined): GraphAnswer {
    const data = this.templates.all
      .filter((template) => name === undefined || template.name === name)
      .map((template) => ({ ...template, id: templateId(template) }));
    return ok({ data, paging: { cursors: { before: 'MAZDZD', after: 'MjQZD' } } });
  }

  async setAutomation(account: Account, body: JsonBody): Promise<GraphAnswer> {
    const automation = shaped(Automation, body, 'conversational_automation');
    const { messaging_product: _, ...stored } = automation;
    const write = this.redis.client.hset(this.keys.automation(), account.phoneNumberId, JSON.stringify(stored));
    await this.redis.orAway(write);
    return ok({ success: true });
  }

  /** The number's own record; commands and prompts only where `fields` asks for them. */
  async phoneNumber(account: Account, fields: string | undefined): Promise<GraphAnswer> {
    const { phoneNumberId: id, displayPhoneNumber, profile } = account;
    const wanted = fields?.split(',').includes('conversational_automation');
    const conversational_automation = wanted ? { id, ...(await this.automationOf(id)) } : undefined;
    return ok({
      display_phone_number: `+${displayPhoneNumber}`,
      verified_name: profile,
      quality_rating: 'GREEN',
      platform_type: 'CLOUD_API',
      throughput: { level: 'STANDARD' },
      ...(conversational_automation && { conversational_automation }),
      id,
    });
  }

  private async automationOf(phoneNumberId: string): Promise<object> {
    const stored = await this.redis.orAway(this.redis.client.hget(this.keys.automation(), phoneNumberId));
    return stored === null ? {} : (JSON.parse(stored) as object);
  }
}
