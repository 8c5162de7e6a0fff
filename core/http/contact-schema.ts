import { z } from 'zod';
import type { Contact } from '../contract/stub.js';
import { time } from './json-schema.js';

const contactPoint = z.strictObject({
  type: z.enum(['mobile', 'email', 'whatsapp_user']),
  contact: z.string().min(1).max(320),
});
const name = z.string().min(1).max(200);
const mobile = z.string().min(1).max(40).describe('E.164, or national where org.default_country is set');
const contactpoints = z.array(contactPoint).max(20);

export const contactSchema = z.object({
  contactuuid: z.string(),
  name: z.string(),
  basic: z.object({ contactpoints: z.array(contactPoint).readonly() }),
  merged_from: z.array(z.string()).readonly().optional().describe('Ids that mean this contact too'),
  former_names: z.array(z.string()).readonly().optional().describe('Names that it, or who was merged into it, had'),
  created_at: time,
  updated_at: time,
});

export const newContactSchema = z.strictObject({
  name,
  mobile: mobile.optional(),
  contactpoints: contactpoints.optional(),
});

export const contactChangeSchema = z.strictObject({
  name: name.optional(),
  mobile: mobile.optional().describe('Takes the place of the first mobile number'),
  contactpoints: contactpoints.optional().describe('Replaces the whole list'),
});

/** An entry of a contact list as it is given: a contactuuid, or a person who is found by number or made. */
export const listEntrySchema = z.union([z.string().min(1).max(100), z.strictObject({ mobile, name })], {
  error: 'is neither a contactuuid nor {mobile, name}',
});

/** A contact as the API shows it. */
export const contactView = ({ v: _, ...contact }: Contact): z.output<typeof contactSchema> => contact;
