import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder refreshes its file this often; a file not refreshed for the second time is of a process that is gone. */
const REFRESH_MS = 5_000;
const STALE_AFTER_MS = 60_000;

/** Whether a process with this id runs on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as another user
  }
}

/**
 * Mutual exclusion between processes of one machine that share a folder.
 *
 * Each writes a file of its own, named with its process id, and then looks whether another live one stands there; who
 * sees another steps back and tries again. So two never hold it at once, and the file of a dead process can be removed
 * by anyone, which a single lock file does not allow (between "its owner is dead" and "remove it" a third may take it).
 */
export class StartLock {
  constructor(
    private readonly dir: string,
    private readonly name: string,
  ) {}

  /** Runs `work` while no other process does. Throws when the lock is not free within `waitMs`. */
  async hold<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
    const mine = `${this.name}.${process.pid}.${randomUUID()}`;
    const file = join(this.dir, mine);
    const deadline = Date.now() + waitMs;
    while (!this.take(mine, file)) {
      if (Date.now() > deadline)
        throw new Error(`${join(this.dir, this.name)} was held by another process for ${waitMs} ms`);
      await sleep(5 + Math.random() * 20); // uneven, so that two that step back do not meet again
    }
    const refresh = setInterval(() => utimesSync(file, new Date(), new Date()), REFRESH_MS);
    try {
      return await work();
    } finally {
      clearInterval(refresh);
      rmSync(file, { force: true });
    }
  }

  private take(mine: string, file: string): boolean {
    if (this.others(mine).length > 0) return false;
    writeFileSync(file, '', { flag: 'wx' });
    if (this.others(mine).length === 0) return true;
    rmSync(file, { force: true });
    return false;
  }

  /** The files of other live holders; those of dead ones are removed on the way. */
  private others(mine: string): string[] {
    return readdirSync(this.dir).filter((entry) => {
      if (!entry.startsWith(`${this.name}.`) || entry === mine) return false;
      const pid = Number(entry.slice(this.name.length + 1).split('.')[0]);
      const path = join(this.dir, entry);
      const refreshedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (refreshedAtMs === undefined) return false;
      if (isAlive(pid) && Date.now() - refreshedAtMs < STALE_AFTER_MS) return true;
      rmSync(path, { force: true });
      return false;
    });
  }
}
