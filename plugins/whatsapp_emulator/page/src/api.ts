/** A business number that is played. */
export interface Account {
  readonly profile: string;
  readonly phone_number_id: string;
  readonly display_phone_number: string;
}

export interface Client {
  readonly client: string;
  readonly name: string;
  readonly last_at?: string;
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
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly at: string;
  readonly payload: {
    readonly context?: { readonly id?: string; readonly message_id?: string };
    readonly interactive?: {
      readonly header?: { readonly text?: string };
      readonly footer?: { readonly text?: string };
    };
  };
}

export interface ClockTime {
  readonly now_ms: number;
  readonly offset_ms: number;
}

export interface Write {
  readonly text?: string;
  readonly tap?: string;
  readonly reply_to?: string;
  readonly profile: string;
  readonly name?: string;
}

/** The host has tokens configured and this page has none that fits. */
export class TokenNeeded extends Error {}

const TOKEN_KEY = 'stubwire.token';

export const keepToken = (token: string): void => sessionStorage.setItem(TOKEN_KEY, token);

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
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
  const text = await answer.text();
  const data = text ? JSON.parse(text) : undefined;
  if (!answer.ok) throw new Error(data?.error?.message ?? `The host answered ${answer.status}.`);
  return data as T;
}

const chatPath = (client: string) => `/clients/${encodeURIComponent(client)}`;

export const api = {
  accounts: () => call<readonly Account[]>('GET', '/accounts'),
  clients: () => call<readonly Client[]>('GET', '/clients'),
  chat: (client: string) => call<readonly Message[]>('GET', `${chatPath(client)}/messages`),
  write: (client: string, write: Write) => call<Message>('POST', `${chatPath(client)}/messages`, write),
  read: (client: string) => call<void>('POST', `${chatPath(client)}/read`, {}),
  clock: () => call<ClockTime>('GET', '/clock'),
  advance: (advance_ms: number) => call<ClockTime>('POST', '/clock', { advance_ms }),
};
