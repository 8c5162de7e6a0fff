import { createHmac } from 'node:crypto';
import { ACCOUNT, SECRETS } from './fault-files.js';
import { type Answer, ask } from './fault-http.js';

/** The bytes of a webhook with one text, as Meta posts them. */
export function textWebhook(client: string, id: string, text: string): Buffer {
  const message = {
    from: client,
    id,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: text },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: ACCOUNT,
    contacts: [{ profile: { name: 'Client' }, wa_id: client }],
    messages: [message],
  };
  const entry = [{ id: ACCOUNT.waba_id, changes: [{ field: 'messages', value }] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}

/** `X-Hub-Signature-256` over these bytes. */
export const signed = (body: Buffer, secret: string = SECRETS.FAULT_SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Posts bytes to the callback, with the good signature or another one, or with none. */
export function postWebhook(url: string, body: Buffer, signature: string | undefined = signed(body)): Promise<Answer> {
  return ask(
    'POST',
    `${url}/webhooks/meta_whatsapp`,
    body,
    signature === '' ? {} : { 'x-hub-signature-256': signature },
  );
}
