import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { Stub } from '../../contract/stub.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { ContactBook, type ListEntry } from '../contact-book.js';
import { Label, ListEntries } from './task-parts.js';

/** People of one list, and lists of one stub, at most. */
const MAX_PEOPLE = 1_000;
const MAX_LISTS = 100;

const Params = z
  .strictObject({
    list_name: Label.describe('The contact list of this stub'),
    contacts: ListEntries.optional().describe('Contactuuids, or {mobile, name}'),
    operation: z
      .enum(['set', 'add', 'remove'])
      .default('set')
      .describe('set: the list is these people. add, remove: these join or leave it'),
    pointer: z
      .enum(['assigned_to', 'in_the_pool_of'])
      .optional()
      .describe('Who has the stub, or whose turn it may be: the pointer leads to this list'),
  })
  .describe('Says who is in a contact list of this stub, and points to it');

/** `set_list`: says who is in a contact list of this stub, and points to it. Later steps see it. */
@injectable()
export class SetList implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'set_list';
  readonly params = Params;

  constructor(@inject(ContactBook) private readonly contacts: ContactBook) {}

  async run({ params, stub, dryRun }: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const { list_name: list, contacts, operation, pointer } = params;
    const before = Object.hasOwn(stub.contact_lists, list) ? stub.contact_lists[list]!.contactuuids : [];
    const { contactuuids: named, newcomers } = await this.named(contacts, dryRun);
    const contactuuids = named === undefined ? before : people(before, named, operation);
    if (contactuuids.length > MAX_PEOPLE) {
      return tooMany(`The list "${list}" would have ${contactuuids.length} people; at most ${MAX_PEOPLE} are kept.`);
    }
    const lists = new Map(Object.entries(stub.contact_lists)).set(list, { contactuuids });
    if (lists.size > MAX_LISTS) return tooMany(`The stub would have over ${MAX_LISTS} contact lists.`);
    const pointers: Stub['pointers'] = pointer ? { ...stub.pointers, [pointer]: { list_name: list } } : stub.pointers;
    return {
      success: true,
      stub: { contact_lists: Object.fromEntries(lists), pointers },
      payload: {
        list_name: list,
        contactuuids,
        ...(pointer && { pointer }),
        ...(newcomers.length > 0 && { would_make: [...newcomers] }),
      },
    };
  }

  private async named(
    entries: readonly ListEntry[] | undefined,
    dryRun: boolean,
  ): Promise<{ readonly contactuuids?: readonly string[]; readonly newcomers: readonly string[] }> {
    if (!entries) return { newcomers: [] };
    if (dryRun) return this.contacts.foreseeList(entries);
    return { contactuuids: await this.contacts.resolveList(entries), newcomers: [] };
  }
}

function people(before: readonly string[], named: readonly string[], operation: 'set' | 'add' | 'remove'): string[] {
  if (operation === 'set') return [...named];
  if (operation === 'add') return [...new Set([...before, ...named])];
  return before.filter((contactuuid) => !named.includes(contactuuid));
}

const tooMany = (message: string): TaskResult => ({ success: false, error: { code: 'validation_failed', message } });
