import { randomBytes } from 'node:crypto';

/**
 * Message ids as Meta forms them: `wamid.` and base64 of a few marks, the client's number and a random part. So an id
 * holds `+`, `/` and `=`, and names the chat it belongs to.
 */
const HEAD = Buffer.from([0x1d, 0x18]);
const FROM_CLIENT = Buffer.from([0x15, 0x02, 0x00, 0x12, 0x18]);
const TO_CLIENT = Buffer.from([0x15, 0x02, 0x00, 0x11, 0x18]);

export type Direction = 'to_client' | 'from_client';

export function newWamid(client: string, direction: Direction): string {
  const unique = Buffer.from(randomBytes(10).toString('hex').toUpperCase(), 'latin1');
  const parts = [
    HEAD,
    Buffer.from([client.length]),
    Buffer.from(client, 'latin1'),
    direction === 'to_client' ? TO_CLIENT : FROM_CLIENT,
    Buffer.from([unique.length]),
    unique,
    Buffer.from([0x00]),
  ];
  return `wamid.${Buffer.concat(parts).toString('base64')}`;
}

/** The client whose chat holds the message, or undefined for a text that is no id of ours. */
export function clientOfWamid(wamid: string): string | undefined {
  if (!wamid.startsWith('wamid.')) return undefined;
  const bytes = Buffer.from(wamid.slice('wamid.'.length), 'base64');
  if (!bytes.subarray(0, HEAD.length).equals(HEAD)) return undefined;
  const client = bytes.subarray(HEAD.length + 1, HEAD.length + 1 + (bytes[HEAD.length] ?? 0)).toString('latin1');
  return /^\d{7,15}$/.test(client) ? client : undefined;
}
