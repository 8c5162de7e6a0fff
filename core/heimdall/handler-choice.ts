import { createHash } from 'node:crypto';
import type { Mechanism } from '../contract/stub-template.js';
import { comparePatterns } from './path-pattern.js';
import { byAge, type RegisteredEvent, type Registration } from './registration.js';

/** A registration, and the event of it that matches. */
export interface Claim {
  readonly registration: Registration;
  readonly event: RegisteredEvent;
}

export interface HandlerChoice {
  /** Those that take the event, each once, the older first; `answers` where its answer is collected. */
  readonly taken: readonly Registration[];
  readonly answering: ReadonlySet<Registration>;
  /** One of these takes it, whose turn it is; the older first. */
  readonly inTurn: readonly Registration[];
  /** Whose turn it is is counted for this pattern, the most specific of theirs. */
  readonly turnOf: string;
}

/**
 * Who takes an event, of the claims that match it. The same claims give the same choice, in every process and however
 * often it is asked: what is random is drawn from the event's id.
 */
export function chooseHandlers(claims: readonly Claim[], mechanism: Mechanism | '*', eventId: string): HandlerChoice {
  const wanted = (word: Mechanism): Claim[] =>
    mechanism === word || mechanism === '*' ? claims.filter(({ event }) => event.mechanism === word) : [];
  const [answering, inTurn] = [wanted('evb'), wanted('rra').sort(bySpecificity)];
  const [one] = wanted('cbh').sort(bySpecificity);
  const drawn = drawnOf(registrationsOf(wanted('rnd')), eventId);
  const taken = registrationsOf([...wanted('evt'), ...answering, ...(one ? [one] : [])]);
  if (drawn && !taken.includes(drawn)) taken.push(drawn);
  return {
    taken: taken.sort(byAge),
    answering: new Set(answering.map(({ registration }) => registration)),
    inTurn: registrationsOf(inTurn)
      .filter((registration) => !taken.includes(registration))
      .sort(byAge),
    turnOf: inTurn[0]?.event.path ?? '',
  };
}

/** The more specific pattern first, then the newer registration. */
const bySpecificity = (a: Claim, b: Claim): number =>
  comparePatterns(a.event.path, b.event.path) || byAge(b.registration, a.registration);

const registrationsOf = (claims: readonly Claim[]): Registration[] => [
  ...new Set(claims.map(({ registration }) => registration)),
];

/** Each has the same chance, and who comes or goes changes no draw between the others. */
function drawnOf(registrations: readonly Registration[], eventId: string): Registration | undefined {
  const lot = ({ uuid }: Registration) => createHash('sha256').update(`${eventId}\n${uuid}`).digest('hex');
  return registrations
    .map((registration) => ({ registration, lot: lot(registration) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))[0]?.registration;
}
