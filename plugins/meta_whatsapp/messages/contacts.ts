import { z } from 'zod';
import type { Json, JsonObject } from '../../../core/index.js';
import type { MessageType } from './message-type.js';
import { httpLink, listOf, words } from './meta-limits.js';

const MAX_CONTACTS = 257;
/** Meta names no limits for these: longer, or more of them, is no contact that anybody saved. */
const MAX_PART = 1_000;
const MAX_ENTRIES = 50;

const part = words(MAX_PART).optional();
const Type = words(MAX_PART).optional();

const OTHER_NAMES = ['first_name', 'last_name', 'middle_name', 'prefix', 'suffix'] as const;
const Name = z
  .strictObject({
    formatted_name: words(MAX_PART),
    first_name: part,
    last_name: part,
    middle_name: part,
    prefix: part,
    suffix: part,
  })
  .refine(
    (name) => OTHER_NAMES.some((key) => name[key]),
    `has formatted_name only; WhatsApp wants one of ${OTHER_NAMES.join(', ')} beside it.`,
  );
const Org = z.strictObject({ company: part, department: part, title: part });
const Phone = z.strictObject({ phone: words(MAX_PART), type: Type, wa_id: part });
const Email = z.strictObject({ email: words(MAX_PART), type: Type });
const Address = z.strictObject({
  street: part,
  city: part,
  state: part,
  zip: part,
  country: part,
  country_code: part,
  type: Type,
});
const Url = z.strictObject({ url: httpLink, type: Type });
const Birthday = z.iso.date('is no date of the form YYYY-MM-DD; WhatsApp takes that only.').optional();

const shared = {
  phones: listOf(Phone, MAX_ENTRIES, 0).optional(),
  emails: listOf(Email, MAX_ENTRIES, 0).optional(),
  urls: listOf(Url, MAX_ENTRIES, 0).optional(),
  birthday: Birthday,
};

/** One contact as Meta writes it. */
export const MetaContact = z.strictObject({
  name: Name,
  org: Org.optional(),
  addresses: listOf(Address, MAX_ENTRIES, 0).optional(),
  ...shared,
});
type MetaContact = z.infer<typeof MetaContact>;

/** What the platform writes as an object or as a list of one. */
const oneOf = <One extends z.ZodType>(one: One) =>
  z.union([listOf(one, 1), one]).transform((given) => (Array.isArray(given) ? given[0] : given) as z.output<One>);

/** One contact in the platform's spelling. */
const PlatformContact = z
  .strictObject({
    name: oneOf(Name),
    org: oneOf(Org).optional(),
    address: z
      .union([listOf(Address, MAX_ENTRIES, 0), Address])
      .transform((given) => (Array.isArray(given) ? given : [given]))
      .optional(),
    ...shared,
  })
  .transform(({ address, ...contact }): MetaContact => ({ ...contact, ...(address && { addresses: address }) }));

/** Meta's own form of the whole message. */
export const MetaContacts = listOf(MetaContact, MAX_CONTACTS);

const Params = z
  .union([MetaContacts, PlatformContact])
  .transform((given): readonly MetaContact[] => (Array.isArray(given) ? given : [given]));

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
