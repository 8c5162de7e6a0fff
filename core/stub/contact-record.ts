import type { Contact, ContactPoint } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { formerNames } from './contact-points.js';

/** A contact that is one with another: its id goes on to mean that one. */
export interface MergedContact {
  readonly v: 1;
  readonly contactuuid: string;
  readonly merged_into: string;
}

/** Who is being erased: known until nothing of them is left, and no longer. */
export interface ErasedPerson {
  readonly names: readonly string[];
  readonly points: readonly ContactPoint[];
  /** Their contactuuid, and those that were merged into it. */
  readonly ids: readonly string[];
  /** Remove the files too that they sent. */
  readonly files: boolean;
}

/** A contact whose person was erased: the id stands in logs and means nobody. */
export interface ErasedContact {
  readonly v: 1;
  readonly contactuuid: string;
  readonly erased_at: string;
  /** Present while the erasure goes on. */
  readonly erasing?: ErasedPerson;
  /** The store has no data of the person left; its append-only file is being rewritten. */
  readonly rewriting?: true;
}

/** What stands under a contactuuid. */
export type ContactRecord = Contact | MergedContact | ErasedContact;

export const isMerged = (record: ContactRecord): record is MergedContact => 'merged_into' in record;
export const isErased = (record: ContactRecord): record is ErasedContact => 'erased_at' in record;

/** Whether no data of the person is left anywhere. */
export const isDone = ({ erasing, rewriting }: ErasedContact): boolean => erasing === undefined && !rewriting;

export function readRecord(text: string | null): ContactRecord | undefined {
  if (text === null) return undefined;
  const record = JSON.parse(text) as ContactRecord;
  if (record.v === 1) return record;
  throw new StubwireError('internal', `A contact is stored as version ${record.v}; this program reads version 1.`);
}

/** The one contact that two become: the first's name, all points of both, and the ids that mean it from now on. */
export function mergedContact(survivor: Contact, other: Contact, at: string): Contact {
  const had = survivor.basic.contactpoints;
  const isNew = ({ type, contact }: ContactPoint) =>
    !had.some((point) => point.type === type && point.contact === contact);
  const names = [...(survivor.former_names ?? []), other.name, ...(other.former_names ?? [])];
  return {
    ...survivor,
    ...formerNames(survivor.name, names),
    basic: { contactpoints: [...had, ...other.basic.contactpoints.filter(isNew)] },
    merged_from: [...(survivor.merged_from ?? []), other.contactuuid, ...(other.merged_from ?? [])],
    updated_at: at,
  };
}
