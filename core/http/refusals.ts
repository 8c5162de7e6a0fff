import { inject, injectable } from 'inversify';
import type { ErrorCode } from '../errors.js';
import { Logger } from '../observability/logger.js';

/** Refusals that may be an attack. */
const COUNTED: readonly ErrorCode[] = ['token_missing', 'too_many_attempts', 'signature_invalid'];
const LOG_EVERY_MS = 30_000;

/** Counts this process's requests with a missing or wrong token or signature, for `/metrics`, and logs them. */
@injectable()
export class Refusals {
  private readonly total = new Map<ErrorCode, number>(COUNTED.map((code) => [code, 0]));
  private readonly logged = new Map<ErrorCode, { readonly atMs: number; readonly total: number }>();

  constructor(@inject(Logger) private readonly log: Logger) {}

  /** Refusals by code; 0 for a code without any. */
  counts(): ReadonlyMap<ErrorCode, number> {
    return this.total;
  }

  /** Logs at most one line for each code every 30 s, with the newest address and the number since the last line. */
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
