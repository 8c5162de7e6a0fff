import { z } from 'zod';
import { DELIVERY_STATUSES } from '../contract/stub.js';
import { FIELD_TYPES } from '../contract/stub-template.js';
import { FilledParams } from '../template/field-params.js';
import { contactListSchema } from './contact-schema.js';
import { fileReferences, fileSchema } from './file-schema.js';
import { jsonObject, readOnlyKeys, time } from './json-schema.js';

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
export const problem = z.object({ code: z.string(), message: z.string(), provider_code: z.number().optional() });
const postedBy = z.strictObject({
  contactuuid: z.string().max(100).optional(),
  on_behalf_of: z.string().max(100).optional(),
  ...readOnlyKeys('token'),
});
const stateProblem = problem
  .optional()
  .describe('The template is not loaded, or no longer has the state of the stub: base actions only');
const pointer = z.object({ list_name: z.string() }).optional();

const timer = z.object({
  id: z.string(),
  action_name: z.string(),
  due_at: time,
  message: z.string(),
  data: jsonObject,
});

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
  timers: z
    .record(z.string(), timer)
    .optional()
    .describe('Actions that run later, by the name of their timer; absent where it never had any'),
  loop_guard: z
    .object({ refused: z.number().int(), last_refused_at: time })
    .optional()
    .describe('Present once the loop guard has stopped a run on it'),
  created_at: time,
  updated_at: time,
  state_problem: stateProblem,
});

const deliveryStatus = z.enum(DELIVERY_STATUSES);
const delivery = z.object({
  id: z.string(),
  recipient: z.string(),
  contactuuid: z.string().optional(),
  channel: z.string(),
  profile: z.string().optional(),
  to: z.string(),
  provider_id: z.string().optional().describe('The provider’s id of it, once the provider has accepted it'),
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
  posted_by: z.object({
    contactuuid: z.string().optional(),
    on_behalf_of: z.string().optional(),
    token: z
      .string()
      .optional()
      .describe(
        'The API token that was used; on_behalf_of is the person its owner acted for. Absent if the client wrote it',
      ),
  }),
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
      success: z.boolean().describe('Each delivery is at least accepted or stashed'),
      pending: z
        .literal(true)
        .optional()
        .describe('success may still become true: nothing has failed, and a delivery is queued or being sent'),
      skipped: z.literal(true).optional(),
      error: problem.optional(),
      deliveries: list(delivery),
    }),
  ),
  to_state_errors: z
    .record(z.string(), problem)
    .optional()
    .describe('Branches of to_state whose conditions gave no answer: they counted as not holding'),
  refused: problem.extend({ details: z.unknown().optional() }).optional(),
  erased: z.literal(true).optional().describe('The person behind it was erased: the shape of the log stays'),
});

const run = {
  message: z.string().optional(),
  data: jsonObject.optional(),
  attachments: fileReferences.optional(),
  posted_by: postedBy.optional(),
};

/** A stubpost that GET returned may be posted as it is. */
export const runSchema = z.strictObject({
  ...run,
  ...readOnlyKeys('stubpostuuid', 'stubref', 'action_name', 'posted_at', 'routing', 'from_state', 'to_state'),
  ...readOnlyKeys('tasks', 'notifications', 'to_state_errors', 'refused', 'erased'),
});

/** A stub that GET returned may be posted as it is: it makes a new one, in the template's initial state. */
export const newStubSchema = z.strictObject({
  ...run,
  template: z.string().min(1).max(200),
  subject: z.string().max(1_000).optional(),
  contact_lists: z
    .record(z.string().min(1).max(100), contactListSchema)
    .optional()
    .describe('Each a list of contactuuids, contacts or {mobile, name}; or {contactuuids} as GET returns it'),
  ...readOnlyKeys('orguuid', 'stubref', 'stubuuid', 'version', 'state', 'pointers', 'program', 'links', 'metrics'),
  ...readOnlyKeys('timers', 'loop_guard', 'created_at', 'updated_at', 'state_problem'),
});

const option = z.object({ label: z.string(), value: z.string() });
const field = z.object({
  name: z.string(),
  keyname: z.string(),
  lands_at: z.string().describe('Where the value lands below stubpost.data, joined by dots'),
  fieldtype: z.enum(FIELD_TYPES),
  title: z.string(),
  description: z.string(),
  hide_label: z.boolean(),
  required: z.boolean(),
  initvalue: z
    .object({ default: z.unknown().optional(), override: z.unknown().optional() })
    .describe('Filled in: what the form begins with, or the value that counts whatever is posted'),
  params: FilledParams.extend({ options: list(option).optional() }).describe(
    'Filled in; which there are depends on the type',
  ),
  validations: list(
    z.object({
      validationtype: z.enum(['required', 'regex', 'jsonata']),
      params: z.record(z.string(), z.string()),
      invalid_message: z.string().optional(),
      valid_message: z.string().optional(),
    }),
  ),
  conditions: list(z.string()).describe('The field counts only while all hold; judged when the action runs'),
});

export const actionSchema = z.object({ name: z.string(), description: z.string(), fields: list(field) });
export const actionsSchema = z.object({
  items: list(actionSchema),
  next_cursor: z.null(),
  state_problem: stateProblem,
});
