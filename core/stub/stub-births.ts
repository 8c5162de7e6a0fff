import type { Org } from '../contract/org.js';
import type { Stub } from '../contract/stub.js';
import type { StubTemplate } from '../contract/stub-template.js';
import type { ContactBook } from './contact-book.js';
import { derivedUuid } from './ids.js';
import type { StubLetter } from './stub-letter.js';

/** Stubs as they are before anything has run on them. */
export class StubBirths {
  constructor(
    private readonly contacts: ContactBook,
    private readonly org: Org,
  ) {}

  /** Version 0: the run of `_create` makes it the first. */
  async newStub(
    stubref: string,
    template: StubTemplate,
    letter: StubLetter & { type: 'create' },
    atMs: number,
  ): Promise<Stub> {
    const lists = await this.listsAsNow(letter.contact_lists);
    const maker = letter.posted_by.contactuuid ?? letter.posted_by.on_behalf_of;
    if (letter.created_by) {
      const { name, ...point } = letter.created_by;
      const creator = await this.contacts.ensure(point, name);
      lists['_created_by'] = [...new Set([...(lists['_created_by'] ?? []), creator.contactuuid])];
    } else if (maker !== undefined && !lists['_created_by']) {
      lists['_created_by'] = [maker];
    }
    const at = new Date(atMs).toISOString();
    return {
      orguuid: this.org.orguuid,
      stubref,
      stubuuid: derivedUuid('stub', stubref),
      template: template.name,
      version: 0,
      state: template.initialState,
      subject: letter.subject,
      contact_lists: Object.fromEntries(Object.entries(lists).map(([list, contactuuids]) => [list, { contactuuids }])),
      pointers: {},
      program: { templateuuid: derivedUuid('template', template.name), branch: 'main', context: {} },
      data: {},
      links: [],
      attachments: [],
      metrics: { counters: {} },
      created_at: at,
      updated_at: at,
    };
  }

  /** With the ids that contacts have now: one may have been merged since the letter was written. */
  private async listsAsNow(given: {
    readonly [list: string]: readonly string[];
  }): Promise<{ [list: string]: readonly string[] }> {
    const ids = [...new Set(Object.values(given).flat())];
    const found = await this.contacts.getMany(ids);
    const now = new Map(ids.map((id, at) => [id, found[at]?.contactuuid ?? id]));
    const lists = Object.entries(given).map(([list, members]) => [
      list,
      [...new Set(members.map((id) => now.get(id)!))],
    ]);
    return Object.fromEntries(lists) as { [list: string]: readonly string[] };
  }
}
