import type { Payload, TemplateDefinition } from './payload.js';

/** A business number that is played. */
export interface Account {
  readonly profile: string;
  readonly phone_number_id: string;
  readonly display_phone_number: string;
  readonly commands: readonly { readonly command_name: string; readonly command_description: string }[];
}

export interface Client {
  /** Names the chat; number and user id may change. */
  readonly client: string;
  readonly number: string | null;
  readonly user_id: string;
  readonly name: string;
  readonly username: string | null;
  readonly hide_number: boolean;
  readonly marketing_stopped: boolean;
  readonly last_at: string;
  readonly typing: readonly string[];
}

export interface TapButton {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

export interface Message {
  readonly id: string;
  readonly direction: 'to_client' | 'from_client';
  readonly profile: string;
  readonly type: string;
  readonly text: string;
  readonly buttons: readonly TapButton[];
  readonly status: 'sent' | 'delivered' | 'read' | 'played' | 'failed';
  readonly at: string;
  readonly payload: Payload;
}

export interface ClockTime {
  readonly now_ms: number;
  readonly offset_ms: number;
}

/** One message of a client: one of the contents, and what may stand beside it. */
export interface Write {
  readonly text?: string;
  readonly tap?: string;
  readonly media?: { readonly kind: string; readonly file: string; readonly mime_type: string } & object;
  readonly location?: object;
  readonly contacts?: readonly object[];
  readonly reaction?: { readonly message_id: string; readonly emoji: string };
  readonly edit?: { readonly message_id: string; readonly text: string };
  readonly revoke?: { readonly message_id: string };
  readonly flow_reply?: { readonly name?: string; readonly body?: string; readonly response_json: object };
  readonly call_permission?: 'accept' | 'reject';
  readonly contact_info?: true;
  readonly reply_to?: string;
  readonly profile: string;
}

export interface ClientChange {
  readonly name?: string;
  readonly hide_number?: boolean;
}

/** The host has tokens configured and this page has none that fits. */
export class TokenNeeded extends Error {}

const TOKEN_KEY = 'stubwire.token';

export const keepToken = (token: string): void => sessionStorage.setItem(TOKEN_KEY, token);

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  const answer = await fetch(`/emulator${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.status === 401) throw new TokenNeeded('This host asks for a token.');
  return answer;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask(method, path, body);
  const text = await answer.text();
  const data = text ? JSON.parse(text) : undefined;
  if (!answer.ok) throw new Error(data?.error?.message ?? `The host answered ${answer.status}.`);
  return data as T;
}

async function blob(path: string): Promise<Blob> {
  const answer = await ask('GET', path);
  if (!answer.ok) throw new Error(`The host answered ${answer.status}.`);
  return answer.blob();
}

/** By user id: it finds a client that has no number, too. */
const at = ({ user_id }: Client): string => `/clients/${encodeURIComponent(user_id)}`;

export const api = {
  accounts: () => call<readonly Account[]>('GET', '/accounts'),
  clients: () => call<readonly Client[]>('GET', '/clients'),
  templates: () => call<readonly TemplateDefinition[]>('GET', '/templates'),
  media: (id: string) => blob(`/media/${encodeURIComponent(id)}`),
  add: (client: { readonly number: string; readonly name?: string; readonly new_person?: boolean }) =>
    call<Client>('POST', '/clients', client),
  change: (client: Client, change: ClientChange) => call<Client>('PATCH', at(client), change),
  changeNumber: (client: Client, to: string) => call<Client>('POST', `${at(client)}/change-number`, { to }),
  rotate: (client: Client) => call<Client>('POST', `${at(client)}/rotate-user-id`, {}),
  changeIdentityKey: (client: Client) => call<Client>('POST', `${at(client)}/change-identity-key`, {}),
  marketing: (client: Client, stop: boolean) => call<Client>('POST', `${at(client)}/marketing`, { stop }),
  chat: (client: Client) => call<readonly Message[]>('GET', `${at(client)}/messages`),
  write: (client: Client, write: Write) => call<Message>('POST', `${at(client)}/messages`, write),
  read: (client: Client) => call<void>('POST', `${at(client)}/read`, {}),
  played: (client: Client, message_id: string) => call<void>('POST', `${at(client)}/played`, { message_id }),
  clock: () => call<ClockTime>('GET', '/clock'),
  advance: (advance_ms: number) => call<ClockTime>('POST', '/clock', { advance_ms }),
};
