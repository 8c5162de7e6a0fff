import { createServer } from 'node:http';
import { type Percentiles, percentiles } from './figures.js';
import { CLIENTS, clientOf, clockMs, readText } from './w1.js';

/** What has arrived since the last reset. */
export interface GraphReport {
  readonly received: number;
  /** Messages that arrived more than once. */
  readonly doubled: number;
  /** Messages that arrived after a later one of the same client. */
  readonly disordered: number;
  readonly lastAtMs: number;
  /** From when a message was due until its answer was here. */
  readonly latencyMs: Percentiles;
}
export type GraphOrder = 'reset' | 'report';

/** Meta's Graph API as far as W1 needs it, as a process of its own: takes texts, answers as Meta does, keeps count. */
let seen = emptyBook();
let latenciesMs: number[] = [];
let counts = { received: 0, doubled: 0, disordered: 0, lastAtMs: 0 };

function emptyBook(): { readonly had: Set<number>; newest: number }[] {
  return Array.from({ length: CLIENTS }, () => ({ had: new Set<number>(), newest: -1 }));
}

function take(body: string): string {
  const { to, text } = JSON.parse(body) as { readonly to: string; readonly text: { readonly body: string } };
  const { seq, dueMs } = readText(text.body);
  const book = seen[clientOf(to)]!;
  counts.lastAtMs = clockMs();
  if (book.had.has(seq)) {
    counts.doubled += 1;
  } else {
    book.had.add(seq);
    counts.received += 1;
    if (seq < book.newest) counts.disordered += 1;
    book.newest = Math.max(book.newest, seq);
    latenciesMs.push(counts.lastAtMs - dueMs);
  }
  const id = `wamid.answer.${clientOf(to)}.${seq}.${counts.doubled}`;
  return `{"messaging_product":"whatsapp","contacts":[{"input":"${to}","wa_id":"${to}"}],"messages":[{"id":"${id}"}]}`;
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    // Other calls than sends ask about the account; it has no WhatsApp templates.
    const answer = request.url?.endsWith('/messages') ? take(body) : '{"data":[]}';
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;

process.on('message', (order: GraphOrder) => {
  if (order === 'reset') {
    seen = emptyBook();
    latenciesMs = [];
    counts = { received: 0, doubled: 0, disordered: 0, lastAtMs: 0 };
  }
  process.send!({ ...counts, latencyMs: percentiles(order === 'reset' ? [] : latenciesMs) } satisfies GraphReport);
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port));
