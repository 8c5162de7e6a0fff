import { z } from 'zod';
import type { Contact } from '../contract/stub.js';
import { readOnlyKeys, time } from './json-schema.js';

const contactPoint = z.strictObject({
  type: z.enum(['mobile', 'email', 'whatsapp_user']),
  contact: z.string().min(1).max(320),
});
const name = z.string().min(1).max(200);
const mobile = z.string().min(1).max(40).describe('E.164, or national where org.default_country is set');
const contactpoints = z.array(contactPoint).max(100);

export const contactSchema = z.object({
  contactuuid: z.string(),
  name: z.string(),
  basic: z.object({ contactpoints: z.array(contactPoint).readonly() }),
  merged_from: z.array(z.string()).readonly().optional().describe('Ids that mean this contact too'),
  former_names: z.array(z.string()).readonly().optional().describe('Names that it, or who was merged into it, had'),
  created_at: time,
  updated_at: time,
});

/** A contact that GET returned may be posted as it is: these keys are ignored. */
const SET_BY_THE_API = readOnlyKeys('contactuuid', 'merged_from', 'former_names', 'created_at', 'updated_at');
const basic = z
  .strictObject({ contactpoints })
  .describe('As GET returns it: digits alone are an international number. Do not give contactpoints with it');

const oneList = ({ basic, contactpoints }: { basic?: unknown; contactpoints?: unknown }): boolean =>
  basic === undefined || contactpoints === undefined;
const ONE_LIST = { path: ['contactpoints'], error: 'is given at the top and in basic. Give only one of them' };

export const newContactSchema = z
  .strictObject({
    name,
    mobile: mobile.optional(),
    contactpoints: contactpoints.optional(),
    basic: basic.optional(),
    ...SET_BY_THE_API,
  })
  .refine(oneList, ONE_LIST);

export const contactChangeSchema = z
  .strictObject({
    name: name.optional(),
    mobile: mobile.optional().describe('Takes the place of the first mobile number'),
    contactpoints: contactpoints.optional().describe('Replaces the whole list'),
    basic: basic.optional().describe('Replaces the whole list, in the form that GET returns'),
    ...SET_BY_THE_API,
  })
  .refine(oneList, ONE_LIST);

const contactuuid = z.string().min(1).max(100);

/** Somebody who is a contact already: the id, or the contact as GET returns it. */
const contactReference = z
  .union([contactuuid, z.looseObject({ contactuuid })])
  .transform((contact) => (typeof contact === 'string' ? contact : contact.contactuuid));

/** An entry of a contact list as it is given: somebody who is a contact, or a person who is found by number or made. */
const listEntrySchema = z.union([contactReference, z.strictObject({ mobile, name })], {
  error: 'is not a contactuuid, a contact or {mobile, name}',
});
const entries = z.array(listEntrySchema).max(1_000);

/** A contact list: its entries, or `{contactuuids}` as a stub has it. */
export const contactListSchema = z
  .union([entries, z.strictObject({ contactuuids: entries })])
  .transform((list) => ('contactuuids' in list ? list.contactuuids : list));

/** A contact as the API shows it. */
export const contactView = ({ v: _, ...contact }: Contact): z.output<typeof contactSchema> => contact;
