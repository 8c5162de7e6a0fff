import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A fingerprint of a configuration file's content; undefined if it cannot be read. */
export function configVersion(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}
