import { connect, type Socket } from 'node:net';
import { type Percentiles, percentiles } from './figures.js';
import { CLIENTS, CONNECTIONS, clockMs, webhookRequest } from './w1.js';

export interface LoadOrder {
  readonly port: number;
  /** Number of the first message of each client. */
  readonly firstSeq: number;
  readonly messagesPerClient: number;
  /** Posts at this rate, whatever the answers; without it each connection posts as soon as it is answered. */
  readonly perSecond?: number;
}
export interface LoadReport {
  readonly startMs: number;
  readonly endMs: number;
  /** From when a post was due until it was answered 200. */
  readonly ackMs: Percentiles;
}

/** One keep-alive connection; one post at a time, so that the messages of its clients stay in order. */
class Connection {
  private readonly waiting: { readonly client: number; readonly seq: number; readonly dueMs?: number }[] = [];
  private dueMs = 0;
  private busy = false;

  constructor(
    private readonly socket: Socket,
    private readonly onAck: (ms: number) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (data) => this.answered(data.toString('latin1')));
  }

  post(client: number, seq: number, dueMs?: number): void {
    this.waiting.push({ client, seq, ...(dueMs !== undefined && { dueMs }) });
    if (!this.busy) this.next();
  }

  end(): void {
    this.socket.destroy();
  }

  private next(): void {
    const message = this.waiting.shift();
    this.busy = message !== undefined;
    if (!message) return;
    this.dueMs = message.dueMs ?? clockMs();
    this.socket.write(webhookRequest(message.client, { seq: message.seq, dueMs: this.dueMs }));
  }

  private answered(head: string): void {
    if (!head.startsWith('HTTP/1.1 200') || !head.endsWith('\r\n\r\n'))
      throw new Error(`A webhook was answered ${head}`);
    this.onAck(clockMs() - this.dueMs);
    this.next();
  }
}

async function run({ port, firstSeq, messagesPerClient, perSecond }: LoadOrder): Promise<LoadReport> {
  const total = messagesPerClient * CLIENTS;
  const acksMs: number[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const onAck = (ms: number) => {
    if (acksMs.push(ms) === total) finish();
  };
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port, onAck)));
  const startMs = clockMs();
  const post = (index: number, dueMs?: number) => {
    const client = index % CLIENTS;
    connections[client % CONNECTIONS]!.post(client, firstSeq + Math.floor(index / CLIENTS), dueMs);
  };
  let posted = 0;
  if (perSecond === undefined) {
    while (posted < total) post(posted++);
  } else {
    const timer = setInterval(() => {
      const due = Math.min(total, ((clockMs() - startMs) * perSecond) / 1_000);
      while (posted < due) post(posted, startMs + (posted++ * 1_000) / perSecond);
      if (posted === total) clearInterval(timer);
    }, 2);
  }
  await finished;
  for (const connection of connections) connection.end();
  return { startMs, endMs: clockMs(), ackMs: percentiles(acksMs) };
}

function open(port: number, onAck: (ms: number) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket, onAck)));
    socket.once('error', reject);
  });
}

/** The load generator as a process of its own: gives each order's report when all its posts are answered. */
process.on('message', async (order: LoadOrder) => process.send!(await run(order)));
process.on('disconnect', () => process.exit());
