import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable } from 'inversify';
import { Logger } from '../observability/logger.js';
import { RedisConnection } from './connection.js';
import { RedisTarget } from './redis-target.js';

const LOOK_MS = 100;

/**
 * Rewrites the append-only file of the embedded Redis. The file keeps every write, even of deleted data, until it is rewritten;
 * Redis itself does that only after much growth. For another Redis this does nothing: its operator is responsible for its files.
 */
@injectable()
export class AppendOnlyFile {
  /** Requests for a rewrite, by name. A rewrite that began before a request does not count for it. */
  private readonly asked = new Map<string, 'waiting' | 'rewriting' | 'done'>();
  private isAtWork = false;

  constructor(
    @inject(RedisTarget) private readonly target: RedisTarget,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Logger) private readonly log: Logger,
  ) {}

  get isOurs(): boolean {
    return this.target.isOurs;
  }

  /**
   * Whether the file was rewritten since the first request of this name; requests a rewrite if not. All requests share one
   * rewrite. Requests are in memory: after a restart they are made again.
   */
  isRewritten(name: string): boolean {
    if (!this.isOurs) return true;
    const state = this.asked.get(name);
    if (state === 'done') return this.asked.delete(name);
    if (state === undefined) this.asked.set(name, 'waiting');
    if (!this.isAtWork) void this.work();
    return false;
  }

  private async work(): Promise<void> {
    this.isAtWork = true;
    try {
      for (let names = this.waiting(); names.length > 0; names = this.waiting()) {
        for (const name of names) this.asked.set(name, 'rewriting');
        await this.rewrite();
        for (const name of names) this.asked.set(name, 'done');
      }
    } catch (error) {
      // The next call makes a new request.
      this.asked.clear();
      this.log.warn({ error: (error as Error).name }, 'could not rewrite the append-only file; trying again');
    } finally {
      this.isAtWork = false;
    }
  }

  private waiting(): string[] {
    return [...this.asked].flatMap(([name, state]) => (state === 'waiting' ? [name] : []));
  }

  private async rewrite(): Promise<void> {
    const { runId, isOn } = await this.untilIdle();
    if (!isOn) return; // nothing is written to the disk
    await this.redis.client.bgrewriteaof();
    const after = await this.untilIdle();
    if (after.runId !== runId || !after.isGood) throw new Error('the rewrite did not finish');
  }

  /** Waits until no rewrite is running or scheduled. */
  private async untilIdle(): Promise<{ readonly runId: string; readonly isOn: boolean; readonly isGood: boolean }> {
    for (;;) {
      const info = await this.redis.client.info();
      const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
      const isBusy = field('aof_rewrite_in_progress') === '1' || field('aof_rewrite_scheduled') === '1';
      const isGood = field('aof_last_bgrewrite_status') === 'ok';
      if (!isBusy) return { runId: field('run_id'), isOn: field('aof_enabled') === '1', isGood };
      await sleep(LOOK_MS, undefined, { ref: false });
    }
  }
}
