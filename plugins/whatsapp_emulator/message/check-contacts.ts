import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { shaped } from './shape.js';

const CONTACTS_MAX = 257;
const text = z.string('must be a string').max(1_000);
const some = text.optional();

const Name = z
  .strictObject({
    formatted_name: text.min(1, 'must not be empty'),
    first_name: some,
    last_name: some,
    middle_name: some,
    suffix: some,
    prefix: some,
  })
  .refine(
    ({ formatted_name: _, ...parts }) => Object.values(parts).some(Boolean),
    'needs formatted_name and at least one of first_name, last_name, middle_name, suffix, prefix',
  );

const Contact = z.strictObject({
  name: Name,
  phones: z.array(z.strictObject({ phone: some, type: some, wa_id: some })).optional(),
  emails: z.array(z.strictObject({ email: some, type: some })).optional(),
  addresses: z
    .array(
      z.strictObject({
        street: some,
        city: some,
        state: some,
        zip: some,
        country: some,
        country_code: some,
        type: some,
      }),
    )
    .optional(),
  urls: z.array(z.strictObject({ url: some, type: some })).optional(),
  org: z.strictObject({ company: some, department: some, title: some }).optional(),
  birthday: z.iso.date('must be a date YYYY-MM-DD').optional(),
});

const Contacts = z
  .array(Contact, 'must be a list')
  .min(1, `must hold 1 to ${CONTACTS_MAX} contacts`)
  .max(CONTACTS_MAX, `must hold 1 to ${CONTACTS_MAX} contacts`);

export const checkContacts = (value: unknown): CheckedMessage =>
  freeForm(
    'contacts',
    shaped(Contacts, value, 'contacts')
      .map(({ name }) => name.formatted_name)
      .join(', '),
  );
