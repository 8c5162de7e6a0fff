import type { ServiceIdentifier } from 'inversify';
import type { ActorRef, Tell, Write } from './actor-kind.js';
import type { ContactPoint } from './stub.js';

/** Somebody who asked that nothing of them be kept. */
export interface ErasedPersonData {
  /** Their addresses, in their stored form. */
  readonly points: readonly ContactPoint[];
  /** Names this erasure: the letters of the same one have the same ids. */
  readonly erasure: string;
  /** It is asked twice: when the erasure begins, and at its end, when nothing of theirs is under way any more. */
  readonly last: boolean;
}

/** What is left to do, and what else is known of the person. */
export interface PersonalDataLeft {
  readonly writes: readonly Write[];
  readonly tells: readonly Tell[];
  /** Addresses that the plugin knows to be theirs: what names these is erased too. */
  readonly points?: readonly ContactPoint[];
  /** Timers to forget: timers in these queues for these actors. */
  readonly timers?: { readonly queues: readonly string[]; readonly to: readonly ActorRef[] };
}

/**
 * What a plugin keeps of people beside stubs, deliveries, events and contacts, which core sees to itself. `erase` is asked
 * in the turn of an actor when a person is erased, and awaited; it reads, and gives what is to be written and told with that turn's
 * commit. It may be asked again for the same person: the outcome is the same. A throw is tried again.
 */
export interface PersonalData {
  readonly name: string;
  erase(person: ErasedPersonData): Promise<PersonalDataLeft>;
}
export const PersonalData: ServiceIdentifier<PersonalData> = Symbol.for('stubwire.PersonalData');
