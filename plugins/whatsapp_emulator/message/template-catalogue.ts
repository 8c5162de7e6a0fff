import { createHash } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { RedisConnection } from '../../../core/index.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { BUILT_IN_TEMPLATES } from './built-in-templates.js';
import type { TemplateShelf } from './check-template.js';
import type { TemplateDefinition } from './template-definition.js';

/** Stands in the store for a template of the configuration that was deleted. */
const DELETED = 'deleted';

const keyOf = ({ name, language }: Pick<TemplateDefinition, 'name' | 'language'>): string => `${name} ${language}`;

/** Meta's id of a template: 15 digits. */
export const templateId = (wabaId: string, template: Pick<TemplateDefinition, 'name' | 'language'>): string =>
  (
    10n ** 14n +
    (createHash('sha256')
      .update(`${wabaId} ${keyOf(template)}`)
      .digest()
      .readBigUInt64BE() %
      (9n * 10n ** 14n))
  ).toString();

/** The templates of each business account: those built in and configured, and in Redis what was changed since. */
@injectable()
export class TemplateCatalogue {
  private readonly seeds: ReadonlyMap<string, TemplateDefinition>;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) config: EmulatorConfig,
  ) {
    this.seeds = new Map([...BUILT_IN_TEMPLATES, ...config.templates].map((template) => [keyOf(template), template]));
  }

  /** The templates of one account, as sends are checked against them. */
  of(wabaId: string): TemplateShelf {
    return {
      find: (name, language) => this.find(wabaId, name, language),
      languagesOf: (name) => this.languagesOf(wabaId, name),
    };
  }

  /** In order of making. */
  async all(wabaId: string): Promise<readonly TemplateDefinition[]> {
    const changed = await this.redis.orAway(this.redis.client.hgetall(this.keys.templates(wabaId)));
    const names = new Set([...this.seeds.keys(), ...Object.keys(changed)]);
    return [...names].flatMap((key) => this.current(key, changed[key]) ?? []);
  }

  async find(wabaId: string, name: string, language: string): Promise<TemplateDefinition | undefined> {
    const key = keyOf({ name, language });
    const changed = await this.redis.orAway(this.redis.client.hget(this.keys.templates(wabaId), key));
    return this.current(key, changed);
  }

  private async languagesOf(wabaId: string, name: string): Promise<readonly string[]> {
    return (await this.all(wabaId)).filter((template) => template.name === name).map((template) => template.language);
  }

  async put(wabaId: string, template: TemplateDefinition): Promise<void> {
    const write = this.redis.client.hset(this.keys.templates(wabaId), keyOf(template), JSON.stringify(template));
    await this.redis.orAway(write);
  }

  async remove(wabaId: string, template: TemplateDefinition): Promise<void> {
    const key = keyOf(template);
    const at = this.keys.templates(wabaId);
    const { client } = this.redis;
    await this.redis.orAway(this.seeds.has(key) ? client.hset(at, key, DELETED) : client.hdel(at, key));
  }

  private current(key: string, changed: string | null | undefined): TemplateDefinition | undefined {
    if (changed === DELETED) return undefined;
    return changed ? (JSON.parse(changed) as TemplateDefinition) : this.seeds.get(key);
  }
}
