import { createHmac } from 'node:crypto';

/**
 * Workload W1: signed text webhooks of 500 clients, each answered with one text. The text of a message is its number
 * among the client's and when it was due, `<seq> <ms>`; the answer repeats it, so that the fake Graph can check and time
 * every message by itself.
 */
export const CLIENTS = 500;
export const CONNECTIONS = 64;
export const SECRET = 'bench-app-secret';
export const TOKEN = 'bench-access-token';
export const WEBHOOK_PATH = '/webhooks/meta_whatsapp';

/** Several, because one number sends at most 1,000 messages a second. A client writes to one of them. */
export const PROFILES = [0, 1, 2, 3].map((at) => ({
  name: `p${at}`,
  phoneNumberId: `10000000000000${at}`,
  displayPhoneNumber: `1555000000${at}`,
}));

const FIRST_NUMBER = 27_825_550_000;
export const numberOf = (client: number): string => String(FIRST_NUMBER + client);
export const clientOf = (number: string): number => Number(number.replace('+', '')) - FIRST_NUMBER;

export interface Text {
  readonly seq: number;
  readonly dueMs: number;
}
export const writeText = ({ seq, dueMs }: Text): string => `${seq} ${dueMs}`;
export function readText(text: string): Text {
  const [seq, dueMs] = text.split(' ').map(Number);
  return { seq: seq!, dueMs: dueMs! };
}

/** Milliseconds since 1970 with fractions; the same clock in every process of this machine. */
export const clockMs = (): number => performance.timeOrigin + performance.now();

/** A whole HTTP request with a webhook as Meta sends it. */
export function webhookRequest(client: number, text: Text): string {
  const { phoneNumberId, displayPhoneNumber } = PROFILES[client % PROFILES.length]!;
  const from = numberOf(client);
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: displayPhoneNumber, phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: `Client ${client}` }, wa_id: from }],
    messages: [
      {
        from,
        id: `wamid.HBgLMjc4MjU1NTAwMDAVAgASGBQz${client}.${text.seq}`,
        timestamp: String(Math.floor(Date.now() / 1_000)),
        type: 'text',
        text: { body: writeText(text) },
      },
    ],
  };
  const entry = [{ id: '200000000000001', changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const head = [
    `POST ${WEBHOOK_PATH} HTTP/1.1`,
    'Host: bench',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Hub-Signature-256: sha256=${signature}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
