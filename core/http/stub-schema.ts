import { z } from 'zod';
import { DELIVERY_STATUSES } from '../contract/stub.js';
import { listEntrySchema } from './contact-schema.js';
import { fileReferences, fileSchema } from './file-schema.js';
import { jsonObject, time } from './json-schema.js';

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const problem = z.object({ code: z.string(), message: z.string(), provider_code: z.number().optional() });
const postedBy = z.strictObject({
  contactuuid: z.string().max(100).optional(),
  on_behalf_of: z.string().max(100).optional(),
});
const pointer = z.object({ list_name: z.string() }).optional();

export const stubSchema = z.object({
  orguuid: z.string(),
  stubref: z.string(),
  stubuuid: z.string(),
  template: z.string(),
  version: z.number().int(),
  state: z.string(),
  subject: z.string(),
  contact_lists: z.record(z.string(), z.object({ contactuuids: list(z.string()) })),
  pointers: z.object({ assigned_to: pointer, in_the_pool_of: pointer }),
  program: z.object({ templateuuid: z.string(), branch: z.string(), context: jsonObject }),
  data: jsonObject,
  links: list(jsonObject),
  attachments: list(fileSchema),
  metrics: z.object({ counters: z.record(z.string(), z.number()) }),
  created_at: time,
  updated_at: time,
});

const deliveryStatus = z.enum(DELIVERY_STATUSES);
const delivery = z.object({
  id: z.string(),
  recipient: z.string(),
  contactuuid: z.string().optional(),
  channel: z.string(),
  profile: z.string().optional(),
  to: z.string(),
  status: deliveryStatus,
  history: list(z.object({ status: deliveryStatus, at: time, error: problem.optional(), note: z.string().optional() })),
});

export const postSchema = z.object({
  stubpostuuid: z.string(),
  stubref: z.string(),
  action_name: z.string(),
  message: z.string(),
  data: jsonObject,
  attachments: list(fileSchema),
  posted_by: z.object({ contactuuid: z.string().optional(), on_behalf_of: z.string().optional() }),
  posted_at: time,
  routing: jsonObject.optional(),
  from_state: z.string().nullable(),
  to_state: z.string(),
  tasks: z.record(
    z.string(),
    z.object({
      success: z.boolean(),
      skipped: z.literal(true).optional(),
      payload: z.unknown().optional(),
      error: problem.optional(),
      task_duration_ms: z.number(),
    }),
  ),
  notifications: z.record(
    z.string(),
    z.object({
      success: z.boolean(),
      skipped: z.literal(true).optional(),
      error: problem.optional(),
      deliveries: list(delivery),
    }),
  ),
  refused: problem.extend({ details: z.unknown().optional() }).optional(),
});

export const runSchema = z.strictObject({
  message: z.string().optional(),
  data: jsonObject.optional(),
  attachments: fileReferences.optional(),
  posted_by: postedBy.optional(),
});

export const newStubSchema = runSchema.omit({ attachments: true }).extend({
  template: z.string().min(1).max(200),
  subject: z.string().max(1_000).optional(),
  contact_lists: z.record(z.string().min(1).max(100), z.array(listEntrySchema).max(1_000)).optional(),
});

export const actionSchema = z.object({
  name: z.string(),
  description: z.string(),
  fields: list(
    z.object({
      name: z.string(),
      keyname: z.string(),
      fieldtype: z.enum(['text', 'number', 'boolean', 'json', 'file']),
      title: z.string(),
      required: z.boolean(),
    }),
  ),
});
