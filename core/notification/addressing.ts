import type { DeliveryRequest } from '../contract/channel.js';
import type { Contact, Problem, Stub } from '../contract/stub.js';
import type { SendTo } from '../contract/stub-template.js';
import { filledText } from '../template/filled-value.js';

/** One addressee of a notification, found or not. */
export type Addressee =
  | { readonly recipient: string; readonly to: DeliveryRequest['recipient'] }
  | { readonly recipient: string; readonly given: string; readonly problem: Problem };

type ReadContacts = (contactuuids: readonly string[]) => Promise<readonly (Contact | undefined)[]>;

/** Who a notification goes to: `send_to` after substitution, contact lists spread out, in the order written. */
export async function addresseesOf(
  sendTo: { readonly [recipient: string]: Partial<SendTo> | undefined },
  stub: Stub,
  readContacts: ReadContacts,
): Promise<Addressee[]> {
  const addressees: Addressee[] = [];
  for (const [recipient, entry] of Object.entries(sendTo)) {
    const value = filledText(entry?.value);
    if (!entry || value === '') {
      addressees.push(
        unknown(
          recipient,
          value,
          `send_to.${recipient} has no value after substitution. Set what it refers to before the notification runs.`,
        ),
      );
    } else if (entry.type === 'contact_list' || entry.type === 'contactuuid') {
      addressees.push(...(await contactsOf(recipient, entry.type, value, stub, readContacts)));
    } else {
      addressees.push({ recipient, to: { type: entry.type!, address: value } });
    }
  }
  return addressees;
}

async function contactsOf(
  recipient: string,
  type: string,
  value: string,
  stub: Stub,
  readContacts: ReadContacts,
): Promise<Addressee[]> {
  const ids = type === 'contactuuid' ? [value] : stub.contact_lists[value]?.contactuuids;
  if (!ids || ids.length === 0) {
    const lists = Object.keys(stub.contact_lists).join(', ') || 'none';
    const what = ids ? 'is empty' : `does not exist on this stub, which has: ${lists}`;
    return [unknown(recipient, value, `The contact list "${value}" of send_to.${recipient} ${what}.`)];
  }
  const contacts = await readContacts(ids);
  return ids.map((id, index) => {
    const contact = contacts[index];
    return contact
      ? { recipient, to: { contact } }
      : unknown(recipient, id, `No contact has the id ${id} that send_to.${recipient} names.`);
  });
}

const unknown = (recipient: string, given: string, message: string): Addressee => ({
  recipient,
  given,
  problem: { code: 'no_contact_point', message },
});
