import { Agent, request } from 'undici';
import { until } from './until.js';

const ANSWER_MS = 60_000;
const agent = new Agent({ connections: 64, pipelining: 1, keepAliveTimeout: 4_000 });

export interface Answer {
  /** 0: the connection was refused or cut, so nobody knows whether it was taken. */
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route; each caller knows the one it asks for
  readonly body: any;
}

/** One HTTP request to a process that may die meanwhile. Never throws for what the network does. */
export async function ask(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  headers: { readonly [name: string]: string } = {},
): Promise<Answer> {
  const json = body !== undefined && { 'content-type': 'application/json' };
  const sent = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  try {
    const answer = await request(url, {
      method,
      headers: { ...json, ...headers },
      ...(sent !== undefined && { body: sent as string | Buffer }),
      dispatcher: agent,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: answer.statusCode, headers: answer.headers, body: parsed(await answer.body.text()) };
  } catch {
    return { status: 0, headers: {}, body: undefined };
  }
}

/** As `ask`; anything but the expected status is an error. A look that meets a store that is away looks again, as it is told. */
export async function askFor(
  expected: number,
  ...[method, url, body, headers]: Parameters<typeof ask>
): Promise<Answer['body']> {
  const again = method === 'GET' && expected !== 503;
  const answer = await until(`${method} ${url}`, async () => {
    const answered = await ask(method, url, body, headers);
    return (!again || answered.status !== 503) && answered;
  });
  if (answer.status === expected) return answer.body;
  throw new Error(`${method} ${url}: expected ${expected}, got ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Every item of a list route, in the order of the route. */
export async function askAll(url: string): Promise<Answer['body'][]> {
  const items: Answer['body'][] = [];
  let cursor: string | null = null;
  do {
    const page = await askFor(200, 'GET', `${url}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
