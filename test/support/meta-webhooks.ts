import { createHmac } from 'node:crypto';
import type { StoryHost } from './story-host.js';

const ACCOUNT = '200000000000001';
const METADATA = { display_phone_number: '15550000001', phone_number_id: '100000000000001' };

/** Webhooks as Meta sends them, signed, for what the emulator’s phones do not do. */
export class MetaWebhooks {
  private count = 0;

  constructor(private readonly host: StoryHost) {}

  /** One change of a field. */
  async change(field: string, value: object): Promise<void> {
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        { id: ACCOUNT, changes: [{ field, value: { messaging_product: 'whatsapp', metadata: METADATA, ...value } }] },
      ],
    });
    const signature = createHmac('sha256', 'emulator').update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    const { status } = await fetch(`${this.host.url}/webhooks/meta_whatsapp`, { method: 'POST', body, headers });
    if (status !== 200) throw new Error(`the webhook was answered ${status}`);
  }

  /** A message of a client; resolves with its id. `who` may hide the number or the user id. */
  async message(who: { from?: string; from_user_id?: string }, content: object, more: object = {}): Promise<string> {
    this.count += 1;
    const id = `wamid.story${this.count}`;
    const message = { id, ...who, timestamp: String(1_700_000_000 + this.count), ...content, ...more };
    const contacts = [{ profile: { name: 'Thandi' }, wa_id: who.from, user_id: who.from_user_id }];
    await this.change('messages', { contacts, messages: [message] });
    return id;
  }

  text(who: { from?: string; from_user_id?: string }, body: string, more: object = {}): Promise<string> {
    return this.message(who, { type: 'text', text: { body } }, more);
  }
}
