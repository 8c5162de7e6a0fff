import { setImmediate as nextRound } from 'node:timers/promises';
import type { Claim } from './handler-choice.js';
import { PatternMap } from './path-pattern.js';
import { byAge, type Registration } from './registration.js';

/** Put in at a time, so that the process goes on with its turns meanwhile. */
const AT_A_TIME = 1_000;

/** Registrations by pattern. A look-up takes as long as the path is deep. */
export class RegistrationMap {
  private readonly claimsOf = new Map<string, readonly Claim[]>();
  private readonly byPattern = new PatternMap<Claim>();
  private readonly clock = new Set<Claim>();
  /** By age; undefined since it has changed. */
  private sorted: readonly Registration[] | undefined;

  /** Of very many, over several rounds of the event loop. */
  static async of(registrations: readonly Registration[]): Promise<RegistrationMap> {
    const map = new RegistrationMap();
    for (let from = 0; from < registrations.length; from += AT_A_TIME) {
      for (const registration of registrations.slice(from, from + AT_A_TIME)) map.put(registration);
      await nextRound();
    }
    return map;
  }

  get size(): number {
    return this.claimsOf.size;
  }

  /** Those that may match an event of the clock. */
  get ofClock(): ReadonlySet<Claim> {
    return this.clock;
  }

  get(uuid: string): Registration | undefined {
    return this.claimsOf.get(uuid)?.[0]?.registration;
  }

  /** The older first. */
  all(): readonly Registration[] {
    this.sorted ??= [...this.claimsOf.values()].map(([claim]) => claim!.registration).sort(byAge);
    return this.sorted;
  }

  match(path: string): Claim[] {
    return this.byPattern.match(path);
  }

  put(registration: Registration): void {
    const claims = registration.events.map((event): Claim => ({ registration, event }));
    for (const claim of claims) {
      this.byPattern.add(claim.event.path, claim);
      if (claim.event.clock) this.clock.add(claim);
    }
    this.claimsOf.set(registration.uuid, claims);
    this.sorted = undefined;
  }

  remove(uuid: string): void {
    for (const claim of this.claimsOf.get(uuid) ?? []) {
      this.byPattern.remove(claim.event.path, claim);
      this.clock.delete(claim);
    }
    this.claimsOf.delete(uuid);
    this.sorted = undefined;
  }
}
