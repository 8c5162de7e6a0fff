import { inject, injectable } from 'inversify';
import type { ErrorCode } from '../errors.js';
import { Logger } from '../observability/logger.js';

/** Refusals that may be somebody who tries to get in. */
const COUNTED: readonly ErrorCode[] = ['token_missing', 'too_many_attempts', 'signature_invalid'];
const LOG_EVERY_MS = 30_000;

/** Requests of this process that were refused for what they prove: counted for `/metrics`, and told by the log. */
@injectable()
export class Refusals {
  private readonly total = new Map<ErrorCode, number>(COUNTED.map((code) => [code, 0]));
  private readonly logged = new Map<ErrorCode, { readonly atMs: number; readonly total: number }>();

  constructor(@inject(Logger) private readonly log: Logger) {}

  /** By code; those that there were none of are 0. */
  counts(): ReadonlyMap<ErrorCode, number> {
    return this.total;
  }

  /** A line for each code at most every 30 s, with the newest address and how many there were since the last line. */
  count(code: ErrorCode, address: string, nowMs = performance.now()): void {
    const before = this.total.get(code);
    if (before === undefined) return;
    const total = before + 1;
    this.total.set(code, total);
    const last = this.logged.get(code);
    if (last && nowMs - last.atMs < LOG_EVERY_MS) return;
    this.logged.set(code, { atMs: nowMs, total });
    this.log.warn({ code, address, refused: total - (last?.total ?? 0) }, 'requests refused');
  }
}
