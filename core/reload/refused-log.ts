import { shownFile } from '../config/problem.js';
import type { Logger } from '../observability/logger.js';
import type { RefusedFile } from './template-ledger.js';

/** Number of problems of one file in the log; the API has all. */
const MAX_LOGGED = 20;

/** Logs each refused file with `means` (the consequence), then one line for each problem. */
export function logRefused(log: Logger, refused: readonly RefusedFile[], means: string): void {
  for (const { file, version, problems } of refused) {
    log.warn({ file: shownFile(file), version, problems: problems.length }, means);
    for (const { code, message, options } of problems.slice(0, MAX_LOGGED)) {
      const { file: at = file, line, column } = options.place ?? {};
      const place = [shownFile(at), line, column].filter((part) => part !== undefined).join(':');
      log.warn({ place, code }, message);
    }
  }
}
