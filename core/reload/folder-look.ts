/** A file must have stood still for so long before it is read: editors and copies write in several steps. ms. */
export const SETTLE_MS = 250;
/** A file must be away for so long before it counts as deleted: some editors delete and write anew. */
export const GONE_MS = 500;
/** Files that changed are taken together once all stand still; one that never does holds the others up no longer. */
export const MAX_HOLD_MS = 2_000;
/**
 * What was read is read once more after so long: where times of files are kept in whole seconds (FAT, old NFS), a second
 * write of the same length within one of them shows nowhere else.
 */
export const RECHECK_MS = 3_000;

/** What is known of one file of a watched folder. */
export interface Sighting {
  /** Of the file as it was last seen: identity, size and times. */
  readonly signature: string;
  /** Since when it has had that signature. */
  readonly sinceMs: number;
  /** The signature that it had when it was read. */
  readonly readSignature?: string;
  readonly recheckAtMs?: number;
  readonly missingSinceMs?: number;
}

export type Sightings = ReadonlyMap<string, Sighting>;

export interface Look {
  readonly sightings: Sightings;
  /** Files to read now. */
  readonly ready: readonly string[];
  /** Files that are deleted. */
  readonly gone: readonly string[];
  /** Something is changing: look again soon. */
  readonly isMoving: boolean;
}

/** Compares a folder (file → signature) with what was last seen of it: what has changed and stands still, what is gone. */
export function lookAt(before: Sightings, listing: ReadonlyMap<string, string>, nowMs: number): Look {
  const sightings = new Map<string, Sighting>();
  const ready: string[] = [];
  const gone: string[] = [];
  let isMoving = false;
  let longestMs = 0;
  for (const [file, signature] of listing) {
    const sighting = seen(before.get(file), signature, nowMs);
    sightings.set(file, sighting);
    if (!isDue(sighting, nowMs)) continue;
    const restedMs = nowMs - sighting.sinceMs;
    longestMs = Math.max(longestMs, restedMs);
    if (restedMs < SETTLE_MS) isMoving = true;
    else ready.push(file);
  }
  for (const [file, old] of before) {
    if (listing.has(file)) continue;
    const missingSinceMs = old.missingSinceMs ?? nowMs;
    const awayMs = nowMs - missingSinceMs;
    sightings.set(file, { ...old, missingSinceMs });
    longestMs = Math.max(longestMs, awayMs);
    if (awayMs < GONE_MS) isMoving = true;
    else gone.push(file);
  }
  if (isMoving && longestMs < MAX_HOLD_MS) return { sightings, ready: [], gone: [], isMoving };
  for (const file of gone) sightings.delete(file);
  return { sightings, ready, gone, isMoving };
}

/** The same file once it was read; one that could not be is tried again. */
export function afterReading(sighting: Sighting, nowMs: number, isAgain: boolean): Sighting {
  const { recheckAtMs: _, ...rest } = sighting;
  const isSecond = sighting.readSignature === sighting.signature && !isAgain;
  return { ...rest, readSignature: sighting.signature, ...(!isSecond && { recheckAtMs: nowMs + RECHECK_MS }) };
}

function seen(old: Sighting | undefined, signature: string, nowMs: number): Sighting {
  if (!old) return { signature, sinceMs: nowMs };
  const { missingSinceMs: _, ...rest } = old;
  if (old.signature === signature) return rest;
  const { recheckAtMs: __, ...kept } = rest;
  return { ...kept, signature, sinceMs: nowMs };
}

const isDue = ({ signature, readSignature, recheckAtMs }: Sighting, nowMs: number): boolean =>
  readSignature !== signature || (recheckAtMs !== undefined && recheckAtMs <= nowMs);
