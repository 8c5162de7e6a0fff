import { z } from 'zod';
import type { Json, JsonObject } from '../../../core/index.js';
import type { MessageType } from './message-type.js';
import { httpLink, listOf, words } from './meta-limits.js';

const MAX_CONTACTS = 257;
/** Meta names no limits for these: longer, or more of them, is no contact that anybody saved. */
const MAX_PART = 1_000;
const MAX_ENTRIES = 50;

const part = words(MAX_PART).optional();
const Type = words(MAX_PART).optional().describe('Such as HOME or WORK');

const OTHER_NAMES = ['first_name', 'last_name', 'middle_name', 'prefix', 'suffix'] as const;
const Name = z
  .strictObject({
    formatted_name: words(MAX_PART).describe('The whole name, as it is shown'),
    first_name: part.describe('First name'),
    last_name: part.describe('Last name'),
    middle_name: part.describe('Middle name'),
    prefix: part.describe('Such as Dr'),
    suffix: part.describe('Such as Jr'),
  })
  .refine(
    (name) => OTHER_NAMES.some((key) => name[key]),
    `has formatted_name only; WhatsApp wants one of ${OTHER_NAMES.join(', ')} beside it.`,
  )
  .describe('formatted_name, and at least one of first_name, last_name, middle_name, prefix, suffix');
const Org = z.strictObject({
  company: part.describe('The company'),
  department: part.describe('Their part of it'),
  title: part.describe('What they do there'),
});
const Phone = z.strictObject({
  phone: words(MAX_PART).describe('The number as people write it'),
  type: Type,
  wa_id: part.describe('Their number on WhatsApp, digits only: gives the card a button to write to them'),
});
const Email = z.strictObject({ email: words(MAX_PART).describe('The address'), type: Type });
const Address = z.strictObject({
  street: part.describe('Street and number'),
  city: part.describe('The city'),
  state: part.describe('State or province'),
  zip: part.describe('Postal code'),
  country: part.describe('The country'),
  country_code: part.describe('Two letters, such as ZA'),
  type: Type,
});
const Url = z.strictObject({ url: httpLink.describe('The link'), type: Type });
const Birthday = z.iso
  .date('is no date of the form YYYY-MM-DD; WhatsApp takes that only.')
  .optional()
  .describe('YYYY-MM-DD');

const shared = {
  phones: listOf(Phone, MAX_ENTRIES, 0).optional().describe('Their numbers'),
  emails: listOf(Email, MAX_ENTRIES, 0).optional().describe('Their e-mail addresses'),
  urls: listOf(Url, MAX_ENTRIES, 0).optional().describe('Their web pages'),
  birthday: Birthday,
};

/** One contact as Meta writes it. */
export const MetaContact = z.strictObject({
  name: Name,
  org: Org.optional().describe('Where they work'),
  addresses: listOf(Address, MAX_ENTRIES, 0).optional().describe('Their addresses'),
  ...shared,
});
type MetaContact = z.infer<typeof MetaContact>;

/** What the platform writes as an object or as a list of one. */
const oneOf = <One extends z.ZodType>(one: One) =>
  z.union([listOf(one, 1), one]).transform((given) => (Array.isArray(given) ? given[0] : given) as z.output<One>);

/** One contact in the platform's spelling. */
const PlatformContact = z
  .strictObject({
    name: oneOf(Name).describe('formatted_name, and one of first_name, last_name, middle_name, prefix, suffix'),
    org: oneOf(Org).optional().describe('Where they work: company, department, title'),
    address: z
      .union([listOf(Address, MAX_ENTRIES, 0), Address])
      .transform((given) => (Array.isArray(given) ? given : [given]))
      .optional()
      .describe('Their address, or a list of them'),
    ...shared,
  })
  .transform(({ address, ...contact }): MetaContact => ({ ...contact, ...(address && { addresses: address }) }));

/** Meta's own form of the whole message. */
export const MetaContacts = listOf(MetaContact, MAX_CONTACTS);

const Params = z
  .union([MetaContacts, PlatformContact])
  .transform((given): readonly MetaContact[] => (Array.isArray(given) ? given : [given]))
  .describe('Cards of people to save or write to: one contact, or a list of Meta’s contact objects');

/** Cards of people to save or write to. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/contacts-messages */
export const contacts: MessageType<z.infer<typeof Params>> = {
  name: 'contacts',
  params: Params,
  needsNoWindow: false,
  build: (given) => ({ ok: true, payload: { type: 'contacts', contacts: given.map(cardOf) } }),
};

/** Without what is empty: Meta refuses a list of nothing. */
const cardOf = (contact: MetaContact): JsonObject =>
  Object.fromEntries(
    Object.entries(contact).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  ) as { [key: string]: Json };
