import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(
  new URL('../../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url),
);
const ANSWER_MS = 60_000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Where the cursor stands in a text that an editor opens. */
const CURSOR = '<|>';

/** A document that an editor has open. */
export interface OpenDocument {
  /** What it underlines: line (from 1) and words. */
  problems(): Promise<string[]>;
  /** What it offers at the cursor: label → what it says about it. */
  offers(): Promise<Map<string, string>>;
  /** What it shows for the word at the cursor. */
  hover(): Promise<string>;
}

/** The real `yaml-language-server`, spoken to as editors do: LSP over stdio. */
export class LanguageServer {
  private readonly waiting = new Map<string, Waiting>();
  private unread = Buffer.alloc(0);
  private lastId = 0;

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk: Buffer) => this.read(chunk));
    child.once('exit', (code) => {
      for (const key of [...this.waiting.keys()]) this.settle(key, new Error(`the language server ended: ${code}`));
    });
  }

  static async start(): Promise<LanguageServer> {
    const child = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const server = new LanguageServer(child);
    const textDocument = {
      hover: { contentFormat: ['markdown'] },
      completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    };
    const workspace = { configuration: false, didChangeConfiguration: {} };
    await server.ask('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument, workspace },
    });
    server.tell('initialized', {});
    const yaml = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
    server.tell('workspace/didChangeConfiguration', { settings: { yaml } });
    return server;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    await this.ask('shutdown', null);
    this.tell('exit', null);
    await ended;
  }

  /** Opens a text as that file, which need not be there; `<|>` in it is the cursor. */
  open(file: string, marked: string): OpenDocument {
    const at = marked.indexOf(CURSOR);
    const text = marked.replace(CURSOR, '');
    const before = marked.slice(0, Math.max(at, 0)).split('\n');
    const uri = new URL(file, 'file:').href;
    const there = {
      textDocument: { uri },
      position: { line: before.length - 1, character: before.at(-1)!.length },
    };
    const diagnostics = this.expect<{ readonly diagnostics: readonly Diagnostic[] }>(`published ${uri}`);
    diagnostics.catch(() => undefined); // not everybody asks for them
    this.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return {
      problems: async () =>
        (await diagnostics).diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`),
      offers: async () => {
        const answer = await this.ask<{ readonly items: readonly Offer[] }>('textDocument/completion', there);
        return new Map(answer.items.map(({ label, documentation }) => [label, wordsOf(documentation)]));
      },
      hover: async () => {
        const answer = await this.ask<{ readonly contents: Markup } | null>('textDocument/hover', there);
        return wordsOf(answer?.contents);
      },
    };
  }

  private ask<Result>(method: string, params: unknown): Promise<Result> {
    this.lastId += 1;
    const answer = this.expect<Result>(`answer ${this.lastId}`);
    this.send({ id: this.lastId, method, params });
    return answer;
  }

  private tell(method: string, params: unknown): void {
    this.send({ method, params });
  }

  private expect<Result>(key: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      const late = () => this.settle(key, new Error(`the language server did not send: ${key}`));
      this.waiting.set(key, { resolve, reject, timer: setTimeout(late, ANSWER_MS) });
    });
  }

  private settle(key: string, outcome: unknown): void {
    const waiting = this.waiting.get(key);
    if (!waiting) return;
    this.waiting.delete(key);
    clearTimeout(waiting.timer);
    if (outcome instanceof Error) waiting.reject(outcome);
    else waiting.resolve(outcome as never);
  }

  private send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.child.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private read(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    for (;;) {
      const end = this.unread.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(this.unread.subarray(0, end).toString())?.[1]);
      if (end < 0 || this.unread.length < end + 4 + length) return;
      this.take(JSON.parse(this.unread.subarray(end + 4, end + 4 + length).toString()) as Message);
      this.unread = this.unread.subarray(end + 4 + length);
    }
  }

  private take({ id, method, params, result, error }: Message): void {
    if (method === undefined) this.settle(`answer ${id}`, error ? new Error(error.message) : result);
    else if (id !== undefined)
      this.send({ id, result: null }); // registering a capability and the like
    else if (method === 'textDocument/publishDiagnostics')
      this.settle(`published ${(params as { readonly uri: string }).uri}`, params);
  }
}

interface Diagnostic {
  readonly range: { readonly start: { readonly line: number } };
  readonly message: string;
}
type Markup = string | { readonly value: string };
interface Offer {
  readonly label: string;
  readonly documentation?: Markup;
}

const wordsOf = (markup: Markup | undefined): string => (typeof markup === 'object' ? markup.value : (markup ?? ''));
