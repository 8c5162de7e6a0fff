import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { Clock } from '../contract/clock.js';
import { Org } from '../contract/org.js';
import type { Contact, ContactPoint, ContactPointType } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { masked } from '../observability/masked.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { type Page, pageOf } from '../redis/page.js';
import { Script } from '../redis/script.js';
import { type ContactInput, changedContact, contactPointsOf, isSamePoint } from './contact-points.js';
import { type ErasedContact, isErased, isMerged, readRecord } from './contact-record.js';
import { derivedUuid, isUuid } from './ids.js';
import { mobileNumber } from './phone-number.js';

/** A change meets another one: it is read and tried again this often. */
export const TRIES = 20;

const createScript = new Script(new URL('./scripts/contact-create.lua', import.meta.url));
const updateScript = new Script(new URL('./scripts/contact-update.lua', import.meta.url));

type Answer = readonly [result: string, position?: number, owner?: string];

/** Somebody of a contact list, as given. */
export type ListEntry = string | { readonly mobile: string; readonly name: string };

/** The people that stubs are about. A contact point belongs to one contact at most, whoever writes at the same time. */
@injectable()
export class ContactBook {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
    @inject(Org) private readonly org: Org,
  ) {}

  /** The contact of this id, or the one that it was merged into; undefined where there is none (any more). */
  async get(contactuuid: string): Promise<Contact | undefined> {
    const record = await this.record(contactuuid);
    return record && !isErased(record) ? record : undefined;
  }

  /** In the order of the ids; undefined for each that there is not. */
  async getMany(contactuuids: readonly string[]): Promise<(Contact | undefined)[]> {
    if (contactuuids.length === 0) return [];
    const texts = await this.redis.client.mget(contactuuids.map((id) => this.keys.contact(id)));
    return Promise.all(
      texts.map(async (text) => {
        const record = readRecord(text);
        if (record && isMerged(record)) return this.get(record.merged_into);
        return record && !isErased(record) ? record : undefined;
      }),
    );
  }

  /** What is left of a contact that was erased; undefined where the id is another's. */
  async erased(contactuuid: string): Promise<ErasedContact | undefined> {
    const record = await this.record(contactuuid);
    return record && isErased(record) ? record : undefined;
  }

  /** The id of the contact that has this address: one look, for those who need no more. */
  async idOfPoint(type: ContactPointType, address: string): Promise<string | undefined> {
    return (await this.redis.client.get(this.keys.contactPoint(type, address))) ?? undefined;
  }

  /** `address` in its stored form: E.164 digits, an e-mail address in lower case, a user id as received. */
  async findByPoint(type: ContactPointType, address: string): Promise<Contact | undefined> {
    const contactuuid = await this.redis.client.get(this.keys.contactPoint(type, address));
    return contactuuid === null ? undefined : this.get(contactuuid);
  }

  /** Newest first. `mobile` in any form that is understood; of several addresses the contact has them all. */
  async list(
    filter: { readonly [type in ContactPointType]?: string | undefined },
    cursor: string | undefined,
    limit: number,
  ): Promise<Page<Contact>> {
    const asked = Object.entries(filter).flatMap(([type, contact]) =>
      contact === undefined
        ? []
        : contactPointsOf({ contactpoints: [{ type: type as ContactPointType, contact }] }, this.org.default_country),
    );
    if (asked.length === 0) {
      return pageOf(this.redis.client, this.keys.contacts(), cursor, limit, (ids) => this.getMany(ids));
    }
    const contact = await this.findByPoint(asked[0]!.type, asked[0]!.contact);
    const hasAll =
      contact && asked.every((point) => contact.basic.contactpoints.some((has) => isSamePoint(has, point)));
    return { items: hasAll ? [contact] : [], next_cursor: null };
  }

  /** Errors: `number_invalid`, `contact_exists`. The same `idempotencyKey` again gives the contact of the first time. */
  async create(input: ContactInput, idempotencyKey?: string): Promise<Contact> {
    const contactuuid = idempotencyKey === undefined ? randomUUID() : derivedUuid('contact', idempotencyKey);
    const points = contactPointsOf(input, this.org.default_country);
    const contact = await this.newContact(contactuuid, input.name, points);
    const answer = await this.runCreate(contact);
    if (answer[0] === 'made') return contact;
    if (answer[0] === 'exists') return this.known(contactuuid);
    if (answer[0] === 'taken') throw taken(points, answer);
    throw unknownContact(contactuuid); // the repeat of a request whose contact has been changed since
  }

  /** What is not given stays; `contactpoints` replaces the list. Errors: `contact_unknown`, `contact_exists`, `number_invalid`. */
  async update(contactuuid: string, change: Partial<ContactInput>): Promise<Contact> {
    const at = new Date(await this.clock.nowMs()).toISOString();
    return this.compareAndSet(contactuuid, (before, record) =>
      this.replace(before, record, changedContact(before, change, this.org.default_country, at)),
    );
  }

  /** Adds an address, in any form; one that the contact has already changes nothing. Errors: as `update`. */
  async addPoint(contactuuid: string, given: ContactPoint): Promise<Contact> {
    const [point] = contactPointsOf({ contactpoints: [given] }, this.org.default_country);
    const at = new Date(await this.clock.nowMs()).toISOString();
    return this.compareAndSet(contactuuid, async (before, record) => {
      const { contactpoints } = before.basic;
      if (contactpoints.some((has) => isSamePoint(has, point!))) return before;
      const after = { ...before, basic: { contactpoints: [...contactpoints, point!] }, updated_at: at };
      return this.replace(before, record, after);
    });
  }

  /**
   * The contact that has this point, made if there is none. `point` in its stored form. Who has a point is decided in Redis,
   * so two who meet here get the same contact. The id is random: it stays after an erasure, and must not lead back to the point.
   */
  async ensure(point: ContactPoint, name: string): Promise<Contact> {
    const found = await this.findByPoint(point.type, point.contact);
    if (found) return found;
    const contact = await this.newContact(randomUUID(), name, [point]);
    const [result, , owner] = await this.runCreate(contact);
    return result === 'taken' ? this.known(owner!) : contact;
  }

  /** What `addPoint` would leave; changes nothing. Errors: as `addPoint`. */
  async foreseePoint(contactuuid: string, given: ContactPoint): Promise<readonly ContactPoint[]> {
    const [point] = contactPointsOf({ contactpoints: [given] }, this.org.default_country);
    const { contactuuid: id, basic } = await this.known(contactuuid);
    if (basic.contactpoints.some((has) => isSamePoint(has, point!))) return basic.contactpoints;
    const owner = await this.findByPoint(point!.type, point!.contact);
    if (owner && owner.contactuuid !== id) throw taken([point!], ['taken', 1, owner.contactuuid]);
    return [...basic.contactpoints, point!];
  }

  /** The ids of a contact list as given: ids are looked up, `{mobile, name}` found or made. None twice. */
  resolveList(entries: readonly ListEntry[]): Promise<string[]> {
    return this.idsOf(entries, async (point, name) => (await this.ensure(point, name)).contactuuid);
  }

  /** As `resolveList`, and makes nobody: `newcomers` are the names of those who would be made. */
  async foreseeList(
    entries: readonly ListEntry[],
  ): Promise<{ readonly contactuuids: readonly string[]; readonly newcomers: readonly string[] }> {
    const newcomers: string[] = [];
    const contactuuids = await this.idsOf(entries, async ({ type, contact }, name) => {
      const found = await this.findByPoint(type, contact);
      if (!found) newcomers.push(name);
      return found?.contactuuid;
    });
    return { contactuuids, newcomers };
  }

  private async idsOf(
    entries: readonly ListEntry[],
    idOf: (point: ContactPoint, name: string) => Promise<string | undefined>,
  ): Promise<string[]> {
    const given = entries.filter((entry) => typeof entry === 'string');
    const found = await this.getMany(given);
    const missing = found.indexOf(undefined);
    if (missing >= 0) throw unknownContact(given[missing]!);
    const known = new Map(given.map((id, at) => [id, found[at]!.contactuuid]));
    const people = entries.map((entry) =>
      typeof entry === 'string' ? entry : { point: this.mobilePoint(entry.mobile), name: entry.name },
    );
    const ids: (string | undefined)[] = [];
    for (const person of people)
      ids.push(typeof person === 'string' ? known.get(person) : await idOf(person.point, person.name));
    return [...new Set(ids.filter((id) => id !== undefined))];
  }

  private mobilePoint(mobile: string): ContactPoint {
    return { type: 'mobile', contact: mobileNumber(mobile, this.org.default_country) };
  }

  private async newContact(
    contactuuid: string,
    name: string,
    contactpoints: readonly ContactPoint[],
  ): Promise<Contact> {
    const at = new Date(await this.clock.nowMs()).toISOString();
    return { v: 1, contactuuid, name, basic: { contactpoints }, created_at: at, updated_at: at };
  }

  private runCreate(contact: Contact): Promise<Answer> {
    const keys = [
      this.keys.contact(contact.contactuuid),
      this.keys.contacts(),
      ...this.pointKeys(contact.basic.contactpoints),
    ];
    const args = [contact.contactuuid, JSON.stringify(contact), Date.parse(contact.created_at)];
    return createScript.run(this.redis.client, keys, args) as Promise<Answer>;
  }

  private pointKeys(points: readonly ContactPoint[]): string[] {
    return points.map(({ type, contact }) => this.keys.contactPoint(type, contact));
  }

  /** What stands under the id, where it leads to. */
  async record(contactuuid: string): Promise<Contact | ErasedContact | undefined> {
    let id = contactuuid;
    for (let step = 0; step < TRIES; step++) {
      const record = readRecord(await this.redis.client.get(this.keys.contact(id)));
      if (!record || !isMerged(record)) return record;
      id = record.merged_into;
    }
    throw new StubwireError('internal', `A contact leads on to others ${TRIES} times.`);
  }

  private async known(contactuuid: string): Promise<Contact> {
    const contact = await this.get(contactuuid);
    if (!contact) throw unknownContact(contactuuid);
    return contact;
  }

  /** Undefined: the contact was changed in between. */
  private async replace(before: Contact, record: string, after: Contact): Promise<Contact | undefined> {
    const { contactpoints: has } = after.basic;
    const drops = before.basic.contactpoints.filter((point) => !has.some((other) => isSamePoint(point, other)));
    const id = before.contactuuid;
    const keys = [this.keys.contact(id), ...this.pointKeys(has), ...this.pointKeys(drops)];
    const args = [id, record, JSON.stringify(after), has.length];
    const answer = (await updateScript.run(this.redis.client, keys, args)) as Answer;
    if (answer[0] === 'taken') throw taken(has, answer);
    return answer[0] === 'done' ? after : undefined;
  }

  /** `write` resolves with undefined when the contact was changed in between: it is read and written again. */
  private async compareAndSet(
    contactuuid: string,
    write: (before: Contact, record: string) => Promise<Contact | undefined>,
  ): Promise<Contact> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.known(contactuuid);
      const written = await write(before, JSON.stringify(before));
      if (written) return written;
    }
    throw changedTooOften();
  }
}

export const changedTooOften = (): StubwireError =>
  new StubwireError('internal', `A contact was changed by others ${TRIES} times while it was written.`);

function taken(points: readonly ContactPoint[], [, position, owner]: Answer): StubwireError {
  const type = points[(position ?? 1) - 1]?.type;
  return new StubwireError(
    'contact_exists',
    `The contact ${owner} has this ${type} already. Use that contact, or take the ${type} off it first (PATCH /api/contacts/${owner}).`,
    { details: { contactuuid: owner, type } },
  );
}

/** Masks what is not an id: it may be a phone number, and errors are logged. */
export function unknownContact(given: string): StubwireError {
  const id = isUuid(given) ? given : masked(given.slice(0, 40));
  return new StubwireError(
    'contact_unknown',
    `No contact has the id "${id}". GET /api/contacts lists them; a contact list also takes {mobile, name}.`,
  );
}
