import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the bench's own that answers each order with one report. */
export class HelperProcess<Order, Report> {
  private readonly child: ChildProcess;

  constructor(file: 'fake-graph' | 'webhook-load') {
    this.child = fork(fileURLToPath(new URL(`./${file}.js`, import.meta.url)), { serialization: 'advanced' });
  }

  /** The next message it sends. */
  async message<Message = Report>(): Promise<Message> {
    const ended = once(this.child, 'exit').then(([code]) => {
      throw new Error(`${this.child.spawnargs.at(-1)} has ended with ${code}.`);
    });
    const [message] = await Promise.race([once(this.child, 'message'), ended]);
    return message as Message;
  }

  ask(order: Order): Promise<Report> {
    this.child.send(order as object);
    return this.message();
  }

  end(): void {
    this.child.disconnect();
  }
}
