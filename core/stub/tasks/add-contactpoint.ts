import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { ContactBook } from '../contact-book.js';
import { lostAim } from './task-parts.js';

const Params = z
  .strictObject({
    contactuuid: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Whose address it is; without it, of who runs the action'),
    type: z.enum(['mobile', 'email', 'whatsapp_user']).describe('What kind of address'),
    contact: z.string().min(1).max(320).describe('The address: a number in any form, an e-mail address, a user id'),
  })
  .describe('Gives a contact one more address');

/** `add_contactpoint`: gives a contact one more address. One that they have already changes nothing. */
@injectable()
export class AddContactpoint implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'add_contactpoint';
  readonly params = Params;

  constructor(@inject(ContactBook) private readonly contacts: ContactBook) {}

  async run(input: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const lost = lostAim(input, 'contactuuid');
    if (lost) return lost;
    const { params, actioningContact, dryRun } = input;
    const { type, contact } = params;
    const contactuuid = params.contactuuid ?? actioningContact?.contactuuid;
    if (contactuuid === undefined) {
      const message =
        'Nobody runs this action in person, so there is nobody to give the address to. Name the contact with contactuuid.';
      return { success: false, error: { code: 'contact_unknown', message } };
    }
    if (dryRun) {
      const contactpoints = await this.contacts.foreseePoint(contactuuid, { type, contact });
      return { success: true, payload: { contactuuid, contactpoints: [...contactpoints] } };
    }
    // Written at once and not with the run: adding it again changes nothing.
    const { basic } = await this.contacts.addPoint(contactuuid, { type, contact });
    return { success: true, payload: { contactuuid, contactpoints: basic.contactpoints } };
  }
}
