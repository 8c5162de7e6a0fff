import { inject, injectable } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { Clock } from '../contract/clock.js';
import type { Contact } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { AppendOnlyFile } from '../redis/append-only-file.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';
import { ContactBook, changedTooOften, TRIES, unknownContact } from './contact-book.js';
import { CONTACT_DESK, type ContactDeskLetter } from './contact-letters.js';
import { type ContactRecord, type ErasedContact, isDone, isErased, mergedContact } from './contact-record.js';

const mergeScript = new Script(new URL('./scripts/contact-merge.lua', import.meta.url));
const eraseScript = new Script(new URL('./scripts/contact-erase.lua', import.meta.url));

/** Part of every answer about an erasure if Redis is not the embedded one. */
const FOREIGN_REDIS =
  'The Redis of redis.url keeps files of its own. Set stream-node-max-entries 1 there. When done is true, run BGREWRITEAOF, save a new snapshot, and remove old backups and replicas. Until then they still hold data of the person.';

/**
 * What is done to a person rather than to an entry of the book. Each begins in the book, with one script, and goes on
 * through everything else with the contact desk; the same request again takes up what a crash has left.
 */
@injectable()
export class People {
  constructor(
    @inject(ContactBook) private readonly book: ContactBook,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
    @inject(AppendOnlyFile) private readonly file: AppendOnlyFile,
  ) {}

  /**
   * Makes two contacts one: `otheruuid` goes on to mean the survivor, whose name stays and who has all addresses. Errors:
   * `contact_unknown`, `contact_erased`, `validation_failed` for one and the same id.
   */
  async merge(contactuuid: string, otheruuid: string): Promise<Contact> {
    if (contactuuid === otheruuid) {
      const message = 'A contact cannot be merged with itself. Give the id of another contact of the same person.';
      throw new StubwireError('validation_failed', message, { details: [{ path: 'contactuuid' }] });
    }
    const { survivor, other } = await this.mergeInBook(contactuuid, otheruuid);
    await this.tellMerged(other, survivor.contactuuid);
    return survivor;
  }

  /** Takes up a merge that stands in the book: the stubs of the contact that was merged. */
  async goOnMerging(contactuuid: string): Promise<void> {
    const survivor = await this.book.get(contactuuid);
    if (survivor && survivor.contactuuid !== contactuuid) await this.tellMerged(contactuuid, survivor.contactuuid);
    else await this.redis.client.zrem(this.keys.merging(), contactuuid); // erased since: there is nobody to lead to
  }

  /** Erases the person behind a contact; `files`: the files too that they sent. Errors: `contact_unknown`. */
  async erase(contactuuid: string, files: boolean): Promise<ErasedContact> {
    const left = await this.eraseInBook(contactuuid, files);
    if (left.erasing) await this.tell(left.contactuuid, 'erase', { type: 'erase', step: 'channels' });
    return left;
  }

  /** The progress of an erasure. */
  progress(erased: ErasedContact) {
    const { erased_at, rewriting } = erased;
    return {
      erased_at,
      done: isDone(erased),
      ...(rewriting && { rewriting }),
      ...(!this.file.isOurs && { warning: FOREIGN_REDIS }),
    };
  }

  /** The error for a request about an erased person. */
  erasedError(erased: ErasedContact): StubwireError {
    const { contactuuid, erased_at } = erased;
    const state = isDone(erased) ? '' : '; the rest of their data is being removed';
    const message = `The person behind ${contactuuid} was erased on request at ${erased_at}${state}. Logs may still show the id; it belongs to nobody.`;
    return new StubwireError('contact_erased', message, { details: { contactuuid, ...this.progress(erased) } });
  }

  private tellMerged(other: string, into: string): Promise<void> {
    return this.tell(other, `merged:${into}`, { type: 'merged', into });
  }

  private async mergeInBook(
    contactuuid: string,
    otheruuid: string,
  ): Promise<{ readonly survivor: Contact; readonly other: string }> {
    const nowMs = await this.clock.nowMs();
    const at = new Date(nowMs).toISOString();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [survivor, other] = await Promise.all([this.living(contactuuid), this.living(otheruuid)]);
      if (survivor.contactuuid === other.contactuuid) return { survivor, other: otheruuid };
      const merged = mergedContact(survivor, other, at);
      const left: ContactRecord = { v: 1, contactuuid: other.contactuuid, merged_into: survivor.contactuuid };
      const keys = [
        this.keys.contact(survivor.contactuuid),
        this.keys.contact(other.contactuuid),
        this.keys.contacts(),
        this.keys.merging(),
        ...this.pointKeys(other),
      ];
      const args = [
        ...[survivor.contactuuid, JSON.stringify(survivor), JSON.stringify(merged)],
        ...[other.contactuuid, JSON.stringify(other), JSON.stringify(left), nowMs],
      ];
      const [result] = (await mergeScript.run(this.redis.client, keys, args)) as [string];
      if (result === 'done') return { survivor: merged, other: other.contactuuid };
    }
    throw changedTooOften();
  }

  private async eraseInBook(contactuuid: string, files: boolean): Promise<ErasedContact> {
    const nowMs = await this.clock.nowMs();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.book.record(contactuuid);
      if (!before) throw unknownContact(contactuuid);
      if (isErased(before)) return before;
      const { contactuuid: id, name, former_names: former = [], basic, merged_from: mergedFrom = [] } = before;
      const erasing = { names: [name, ...former], points: basic.contactpoints, ids: [id, ...mergedFrom], files };
      const left: ErasedContact = { v: 1, contactuuid: id, erased_at: new Date(nowMs).toISOString(), erasing };
      const keys = [this.keys.contact(id), this.keys.contacts(), this.keys.erasing(), ...this.pointKeys(before)];
      const args = [id, JSON.stringify(before), JSON.stringify(left), nowMs];
      const [result] = (await eraseScript.run(this.redis.client, keys, args)) as [string];
      if (result === 'done') return left;
    }
    throw changedTooOften();
  }

  private async living(contactuuid: string): Promise<Contact> {
    const record = await this.book.record(contactuuid);
    if (!record) throw unknownContact(contactuuid);
    if (isErased(record)) throw this.erasedError(record);
    return record;
  }

  private pointKeys({ basic }: Contact): string[] {
    return basic.contactpoints.map(({ type, contact }) => this.keys.contactPoint(type, contact));
  }

  private async tell(id: string, letter: string, body: ContactDeskLetter): Promise<void> {
    await this.mail.tell([{ to: { kind: CONTACT_DESK, id }, id: letter, body }]);
  }
}
