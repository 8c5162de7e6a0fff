import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './fault-http.js';
import type { SeededRandom } from './fault-random.js';
import type { Case, FaultWorld } from './fault-world.js';

/** What was given to one case: messages 1 to n, each once, each taken before the next was given. */
export interface Given extends Case {
  readonly flow: 'in' | 'out';
  /** The last number that was taken for sure. */
  taken: number;
  /** One more was given and nobody knows whether it was taken: it may be there once or not at all. */
  open: boolean;
}

/** Load in both directions, paced so that there is always work under way and never a heap of it. */
export class FaultLoad {
  readonly given: readonly Given[];
  /** The longest that a caller of the API repeated one request, until it was taken or the load ended, ms. */
  private slowestTakeMs = 0;
  private loops: readonly Promise<void>[] = [];
  private stopping = false;

  constructor(
    private readonly world: FaultWorld,
    private readonly random: SeededRandom,
    cases: { readonly in: readonly Case[]; readonly out: readonly Case[] },
    /** Mean time between two messages of one client, ms. */
    private readonly everyMs: number,
  ) {
    const of = (flow: 'in' | 'out') => cases[flow].map((one): Given => ({ ...one, flow, taken: 0, open: false }));
    this.given = [...of('in'), ...of('out')];
  }

  /** Begins, or goes on after `stop`. */
  start(): void {
    this.stopping = false;
    this.loops = this.given.map((one) => this.feed(one));
    for (const loop of this.loops) loop.catch(() => undefined); // `stop` throws it
    this.world.beforeClose(() => this.stop());
  }

  /** Gives no more; resolves when what was being given has ended. Throws what went wrong meanwhile. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.loops);
  }

  printed(): string {
    return `one API request was repeated for up to ${Math.round(this.slowestTakeMs)} ms`;
  }

  private async feed(one: Given): Promise<void> {
    while (!this.stopping) {
      await (one.flow === 'in' ? this.writeIn(one) : this.runOut(one));
      await pause(this.random.between(0.5, 1.5) * this.everyMs);
    }
  }

  private async writeIn(one: Given): Promise<void> {
    await this.world.write(one.client, { text: `in ${one.taken + 1}` });
    one.taken += 1;
  }

  /** Runs an action over the API as a careful caller does: with a key, again until it is known to be taken. */
  private async runOut(one: Given): Promise<void> {
    const number = one.taken + 1;
    const startedAt = performance.now();
    const headers = { 'idempotency-key': `${one.client}-${number}` };
    for (let tries = 0; ; tries += 1) {
      const engine = this.world.engines[tries % this.world.engines.length]!;
      const url = `${engine.url}/api/stubs/${one.stubref}/actions/tell`;
      const { status, body } = await ask('POST', url, { message: String(number) }, headers);
      if (status === 202) break;
      const mayPass = status === 0 || status === 409 || status === 503;
      if (!mayPass) throw new Error(`the API answered ${status} ${JSON.stringify(body)}`);
      one.open = true;
      this.slowestTakeMs = Math.max(this.slowestTakeMs, performance.now() - startedAt);
      if (this.stopping && tries > 20) return;
      await pause(50);
    }
    one.taken = number;
    one.open = false;
  }
}
