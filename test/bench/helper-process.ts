import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of the bench's own that answers each order with one report. */
export class HelperProcess<Order, Report> {
  private readonly child: ChildProcess;
  private waiting: { resolve(message: unknown): void; reject(error: Error): void } | undefined;

  constructor(file: 'fake-graph' | 'webhook-load') {
    this.child = fork(fileURLToPath(new URL(`./${file}.js`, import.meta.url)));
    this.child.on('message', (message) => this.waiting?.resolve(message));
    this.child.on('exit', (code) => this.waiting?.reject(new Error(`The process ${file} has ended with ${code}.`)));
  }

  /** The next message it sends. */
  message<Message = Report>(): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve: resolve as (message: unknown) => void, reject };
    });
  }

  ask(order: Order): Promise<Report> {
    this.child.send(order as object);
    return this.message();
  }

  end(): void {
    this.child.disconnect();
  }
}
