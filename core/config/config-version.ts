import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Tells whether a configuration file has another content; undefined where it cannot be read. */
export function configVersion(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}
