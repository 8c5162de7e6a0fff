import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { Tell } from '../../contract/actor-kind.js';
import type { JsonObject } from '../../contract/json.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { Templates } from '../../template/templates.js';
import { ContactBook } from '../contact-book.js';
import { derivedStubref, stubpostIdOf } from '../ids.js';
import type { StubLetter } from '../stub-letter.js';
import { ListEntries } from './task-parts.js';

const Params = z
  .strictObject({
    template: z.string().min(1).describe('The stub template that the new stub is of'),
    subject: z.string().max(1_000).default('').describe('What the new stub is about'),
    message: z.string().default('').describe('The message of its first stubpost'),
    data: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('The data of its action _create, merged into its stub.data'),
    contact_lists: z
      .record(z.string().min(1).max(100), ListEntries)
      .default({})
      .describe(
        'Its contact lists: contactuuids, or {mobile, name}. Without _created_by it has the people of this stub’s',
      ),
  })
  .describe('Makes another stub, after this run');

/** `create_stub`: makes another stub, after this run is committed. The same run makes the same stub, however often it is tried. */
@injectable()
export class CreateStub implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'create_stub';
  readonly params = Params;

  constructor(
    @inject(Templates) private readonly templates: Templates,
    @inject(ContactBook) private readonly contacts: ContactBook,
  ) {}

  async run(input: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const { params, stub, stubpost, idempotencyKey, nowMs, hops, chain, dryRun } = input;
    const problem = this.templates.creationProblem(params.template);
    if (problem) return { success: false, error: problem };
    const stubref = derivedStubref(nowMs, idempotencyKey);
    const stubpostuuid = stubpostIdOf(stubref, idempotencyKey);
    const lists: { [list: string]: readonly string[] } = {};
    const would_make: string[] = [];
    for (const [list, entries] of Object.entries(params.contact_lists)) {
      if (!dryRun) {
        lists[list] = await this.contacts.resolveList(entries);
        continue;
      }
      const { contactuuids, newcomers } = await this.contacts.foreseeList(entries);
      lists[list] = contactuuids;
      would_make.push(...newcomers);
    }
    const payload = { stubref, stubpostuuid, template: params.template, ...(would_make.length > 0 && { would_make }) };
    const creators = stub.contact_lists['_created_by']?.contactuuids ?? [];
    const body: StubLetter = {
      type: 'create',
      template: params.template,
      subject: params.subject,
      message: params.message,
      data: params.data as JsonObject,
      contact_lists: { ...(creators.length > 0 && { _created_by: creators }), ...lists },
      posted_by: stubpost.posted_by,
      hops: hops + 1,
      chain,
    };
    const tells: Tell[] = [{ to: { kind: 'stub', id: stubref }, id: idempotencyKey, body }];
    return { success: true, payload, tells };
  }
}
