import type { Tell, Write } from '../contract/actor-kind.js';
import type { Keys } from '../redis/keys.js';
import type { Ahead } from '../redis/page-ahead.js';
import type { ErasedPerson } from './contact-record.js';

export const CONTACT_DESK = 'contact-desk';

/**
 * The steps of an erasure, in this order. `again` leads back to `stubs` once, for work that was running. After `end` nothing of
 * the person is stored, and `rewrite` waits until the append-only file no longer contains it either.
 */
export type ErasureStep = 'channels' | 'stubs' | 'deliveries' | 'events' | 'lists' | 'again' | 'end' | 'rewrite';

/** Letters to the desk of a contact. */
export type ContactDeskLetter =
  /** To the desk of a contact that is another one now. */
  | {
      readonly type: 'merged';
      readonly into: string;
      readonly after?: Ahead;
      /** The second walk, for stubs that got the old id while the first went on. */
      readonly again?: true;
    }
  | {
      readonly type: 'erase';
      readonly step: ErasureStep;
      readonly after?: Ahead;
      /** Of the lists of stubs: how many are done. */
      readonly lists?: number;
      /** Walks through the deliveries that are done, and whether this one met messages under way. */
      readonly walks?: number;
      readonly met?: boolean;
      /** The second time through, and how often it was put off because letters of theirs were waiting. */
      readonly second?: true;
      readonly waits?: number;
    }
  | { readonly type: 'files'; readonly fileuuids: readonly string[] };

/** What the contact desk asks of a stub. */
export type StubPersonLetter =
  | { readonly type: 'contact_merged'; readonly from: string; readonly into: string }
  | {
      readonly type: 'contact_erased';
      readonly person: ErasedPerson;
      /** Names the erasure, and how far this stub's log is done. */
      readonly erasure: string;
      readonly after?: Ahead;
    };

export const isPersonLetter = (body: { readonly type: string }): body is StubPersonLetter =>
  body.type === 'contact_merged' || body.type === 'contact_erased';

/**
 * The letter that makes a stub forget a person, and the write that marks it as open. The stub's mailbox drops a repeated letter,
 * which leaves the mark unchanged.
 */
export function erasureTell(
  keys: Keys,
  stubref: string,
  erasure: string,
  person: ErasedPerson,
): { readonly tell: Tell; readonly write: Write } {
  const body: StubPersonLetter = { type: 'contact_erased', person, erasure };
  return {
    tell: { to: { kind: 'stub', id: stubref }, id: `erased:${erasure}`, body },
    write: ['HSETNX', keys.erasingStubs(person.ids[0]!), noteOf(stubref, erasure), '1'],
  };
}

/** The stub has finished its whole log. */
export const stubErased = (keys: Keys, stubref: string, erasure: string, person: ErasedPerson): Write => [
  'HSET',
  keys.erasingStubs(person.ids[0]!),
  noteOf(stubref, erasure),
  '0',
];

const noteOf = (stubref: string, erasure: string): string => `${erasure} ${stubref}`;
