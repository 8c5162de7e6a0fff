import type { Delivery, Keys, RedisConnection } from '../../../core/index.js';
import { objectOf, textIn } from '../webhook-json.js';
import type { WhatsAppTemplates } from './whatsapp-templates.js';

/** Of what category Meta holds a delivery: who stopped marketing gets everything else. */
export class TemplateCategories {
  constructor(
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
    private readonly templates: WhatsAppTemplates,
  ) {}

  /** Undefined where the delivery is no WhatsApp template, or the catalogue does not know it. */
  async of(deliveryId: string): Promise<string | undefined> {
    const doc = await this.redis.client.hget(this.keys.delivery(deliveryId), 'doc');
    if (doc === null) return undefined;
    const { profile, message } = JSON.parse(doc) as Delivery;
    const { name, language } = objectOf(message['template']);
    const code = textIn(objectOf(language)['code']);
    if (profile === undefined || typeof name !== 'string' || code === undefined) return undefined;
    const found = this.templates.lookup(profile, name, code);
    return found.known === 'found' ? found.template.category : undefined;
  }
}
