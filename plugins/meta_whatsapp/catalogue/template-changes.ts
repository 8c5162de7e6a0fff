import { createHash } from 'node:crypto';
import type { JsonObject, Tell } from '../../../core/index.js';
import { isTooDeep, textIn } from '../webhook-json.js';

/** Kind of the actors that read a profile's WhatsApp templates anew; their id is the profile. */
export const TEMPLATES_KIND = 'whatsapp-templates';

/** Fields of webhooks that say that a WhatsApp template is another one than before. */
const FIELDS: readonly string[] = [
  'message_template_status_update',
  'template_category_update',
  'message_template_components_update',
];

export interface TemplatesChangedLetter {
  readonly type: 'templates_changed';
}

/**
 * One letter to each profile of the account, if the change is about its WhatsApp templates. What has changed is then read
 * from Meta, so that none of the webhook need be believed. Pure.
 */
export function templateChangeTells(
  entry: JsonObject,
  change: JsonObject,
  profiles: readonly string[],
): readonly Tell[] | undefined {
  if (!FIELDS.includes(textIn(change['field']) ?? '') || profiles.length === 0 || isTooDeep(change)) return undefined;
  const text = JSON.stringify([entry['time'], change]);
  const id = `templates:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  const body: TemplatesChangedLetter = { type: 'templates_changed' };
  return profiles.map((profile) => ({ to: { kind: TEMPLATES_KIND, id: profile }, id, body }));
}
