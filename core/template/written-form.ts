import { z } from 'zod';
import { REFUSED, UNLISTED } from '../config/schema-shape.js';
import { MECHANISMS } from '../contract/stub-template.js';
import { checkPattern, pathProblem } from '../heimdall/path-pattern.js';
import { Conditions, Details, EXPORTED, EXPORTED_WITH_NAME, JsonMap, Name, NOT_EMPTY, notRun } from './schema-parts.js';
import { Field } from './written-field.js';

/** A stub template as its author writes it (model §3), in YAML or as the platform's exported JSON. */

const STATE_HOOKS =
  'hooks of a state are not run, by design: what happens stands on the action that makes it happen. Give each action that leads to the state a task sendaction with what the hook was to run';

const State = z
  .strictObject({
    ...EXPORTED_WITH_NAME,
    actions: z.array(Name).default([]).describe('Names of the actions that can be run in this state'),
    details: Details.optional(),
    structure: z
      .looseObject({
        meta: z
          .looseObject({
            is_done: z.boolean().optional().describe('true: the case is over in this state; _close leads here'),
          })
          .optional()
          .describe('What kind of state it is: is_done'),
      })
      .optional()
      .describe('What kind of state it is: meta.is_done'),
    state_hooks: notRun(STATE_HOOKS),
  })
  .describe('A state that a stub can be in, and what can be run on it there');

const Task = z
  .strictObject({
    ...EXPORTED_WITH_NAME,
    tasktype: z.string().min(1).describe('What the task does'),
    details: Details.optional(),
    params: JsonMap.default({}).describe('Settings of the task type.'),
    conditions: Conditions,
    stop_on_failure: z
      .boolean()
      .default(false)
      .describe('true: when it fails, the later tasks and the notifications do not run'),
  })
  .describe('A step of the action; tasks run one after the other, before the notifications');

const SendTo = z
  .strictObject({
    ...EXPORTED,
    type: z
      .enum(['contactuuid', 'contact_list', 'mobile', 'whatsapp_user'])
      .describe('What value names: a contact, a contact list of the stub, a number, a user id of WhatsApp')
      .meta({
        enumDescriptions: [
          'One contact, by contactuuid',
          'Everybody in a contact list of the stub, such as _created_by',
          'A mobile number in any form',
          'A WhatsApp user id, where the number is hidden',
        ],
      }),
    value: z
      .string()
      .min(1)
      .describe('The contactuuid, the name of the list, the number or the user id; placeholders are filled in'),
  })
  .describe('Who gets it');

const atLeastOne = (map: object): boolean => Object.keys(map).length > 0;

const Notification = z
  .strictObject({
    ...EXPORTED_WITH_NAME,
    details: Details.optional(),
    conditions: Conditions,
    send_to: z
      .record(Name, SendTo)
      .refine(atLeastOne, 'nobody is named. Write for example: customer: { type: contact_list, value: _created_by }')
      .meta(NOT_EMPTY)
      .describe('Who gets it, under names of your own: customer: { type: contact_list, value: _created_by }'),
    platforms: z
      .record(z.string(), JsonMap)
      .refine(atLeastOne, 'no channel is named. Write for example: meta_whatsapp: { … }')
      .meta(NOT_EMPTY)
      .describe('What they get, by channel.'),
  })
  .describe('A message of the action: who gets what; notifications leave in their order once the run is stored');

const Metric = z
  .strictObject({
    ...EXPORTED,
    counter: Name.describe('The counter, at stub.metrics.counters'),
    increment: z.number().default(1).describe('What each run adds to it'),
  })
  .describe('A counter of the stub that each run moves on');

const Branch = z
  .strictObject({
    ...EXPORTED,
    state: Name.describe('The state that it leads to'),
    conditions: Conditions,
    meta: z
      .strictObject({
        default: z.boolean().default(false).describe('true: taken where the conditions of no other branch hold'),
      })
      .optional()
      .describe('default: true marks the branch that is taken where no other fits'),
  })
  .describe('A branch: the first whose conditions hold is taken, else the default');

const Action = z
  .strictObject({
    ...EXPORTED_WITH_NAME,
    details: Details.default({}),
    conditions: Conditions.describe(
      'JSONata over stub, stubpost, template, org, actioningContact, heimdall; one text or a list. The action is refused unless all hold',
    ),
    fields: z
      .record(Name, Field)
      .default({})
      .describe('What the action asks for, by name; the values land at stubpost.data.<name>'),
    tasks: z.record(Name, Task).default({}).describe('Steps by name, in the order of the file'),
    notifications: z.record(Name, Notification).default({}).describe('Messages by name, in the order of the file'),
    metrics: z.record(Name, Metric).default({}).describe('Counters that each run moves on, by name'),
    to_state: z
      .union([Name, z.record(z.string(), Branch)])
      .optional()
      .describe('The state that the stub is in afterwards: its name, or branches by name. Left out: it stays'),
  })
  .describe('What can be run on a stub: fields, then tasks, notifications, metrics, the change of state');

const CreateStub = z
  .strictObject({
    subject: z.string().default('').describe('What the new stub is about; placeholders are filled in from the event'),
    stubsession_hours: z
      .int()
      .min(1)
      .max(8760)
      .optional()
      .describe('So many hours the client’s next messages go to the new stub; left out: no stubsession'),
    run: Name.optional().describe(
      'The action that is run on the new stub with the message that came, such as _update_from_whatsapp',
    ),
    data: JsonMap.default({}).describe('Data of the new stub; placeholders are filled in from the event'),
  })
  .describe('Makes a stub of this template when the event comes; the client of the event stands in its _created_by');

const TriggerStubaction = z
  .strictObject({
    stubref: z.string().min(1).describe('The stub, such as {{heimdall.target}}'),
    action_name: z.string().min(1).describe('The action that is run on it'),
    message: z.string().default('').describe('The message of its stubpost'),
    data: JsonMap.default({}).describe('The data of its stubpost; the event joins it as heimdall'),
  })
  .describe('Runs an action on a stub when the event comes');

const NO_END =
  'a registration of a template is kept as long as the template is loaded. One that ends, by itself or once it was triggered, is made by a task heimdall_register';
const NoEnd = z
  .custom<undefined>((value) => value === undefined, NO_END)
  .optional()
  .meta({ ...UNLISTED, ...REFUSED });

const Registration = z
  .strictObject({
    ...EXPORTED,
    path: z
      .string()
      .min(1)
      .max(1000)
      .describe('Events that it waits for: segments joined by dots, # is any one segment, * everything deeper'),
    mechanism: z
      .enum(MECHANISMS)
      .describe('How many take the event')
      .meta({
        enumDescriptions: [
          'Every registration that matches takes it; the only one on paths that begin with global.',
          'One takes it: the most specific path, then the newest',
          'One takes it, in turn',
          'One takes it, at random',
          'As evt, and the stubposts of what is run are answers for who emitted it',
        ],
      }),
    create_stub: CreateStub.optional(),
    trigger_stubaction: TriggerStubaction.optional(),
    on_trigger_method: NoEnd,
    timeout_seconds: NoEnd,
  })
  .superRefine(({ path, mechanism, create_stub, trigger_stubaction }, context) => {
    if ((create_stub === undefined) === (trigger_stubaction === undefined)) {
      const message = 'a registration says what happens: give it either create_stub or trigger_stubaction';
      context.addIssue({ code: 'custom', message });
    }
    const problem = pathProblem(checkPattern, path);
    if (problem) context.addIssue({ code: 'custom', path: ['path'], message: problem });
    if (mechanism !== 'evt' && path.startsWith('global.')) {
      const message = 'everybody hears global events: on paths that begin with global. write evt';
      context.addIssue({ code: 'custom', path: ['mechanism'], message });
    }
  })
  .meta({
    oneOf: ['create_stub', 'trigger_stubaction'].map((key) => ({
      required: [key],
      errorMessage: 'A registration says what happens: give it either create_stub or trigger_stubaction',
    })),
  })
  .describe('An event that this template waits for, and what happens then: create_stub or trigger_stubaction');

export const WrittenTemplate = z
  .strictObject({
    ...EXPORTED,
    template: Name.optional().describe('Its name, which no other template has. Default: the name of the file'),
    details: z
      .strictObject({
        busy_start_state: Name.optional().meta(UNLISTED).describe('What the platform’s export calls initial_state'),
        ...Details.shape,
      })
      .default({})
      .describe('What people read about it'),
    initial_state: Name.optional().describe('The state that a new stub is in'),
    data: JsonMap.default({}).describe(
      'Data of the template itself, for all its stubs: template.data in conditions and texts',
    ),
    states: z
      .record(Name, State, {
        error: ({ input }) =>
          input === undefined
            ? 'is missing. A stub is always in one. Write for example: states: { open: {} }'
            : undefined,
      })
      .refine(atLeastOne, 'a stub is always in a state. Write for example: open: { actions: [] }')
      .meta(NOT_EMPTY)
      .describe('The states that a stub can be in, by name; it is in exactly one'),
    actions: z.record(Name, Action).default({}).describe('What can be run on a stub, by name'),
    heimdall: z.record(Name, Registration).default({}).describe('Events that this template waits for, by name'),
    state_hooks: notRun(STATE_HOOKS),
  })
  .superRefine(({ initial_state, details: { busy_start_state } }, context) => {
    if (initial_state === undefined && busy_start_state === undefined) {
      const message = 'is missing. Name the state that a new stub is in';
      context.addIssue({ code: 'custom', path: ['initial_state'], message });
    } else if (initial_state !== undefined && busy_start_state !== undefined && initial_state !== busy_start_state) {
      const message = `"${initial_state}", but details.busy_start_state says "${busy_start_state}". Keep one of them`;
      context.addIssue({ code: 'custom', path: ['initial_state'], message });
    }
  })
  .meta({
    anyOf: [
      { required: ['initial_state'] },
      { properties: { details: { required: ['busy_start_state'] } }, required: ['details'] },
    ],
  })
  .describe('One kind of case: its states, the actions that can be run in them, and the events that it waits for');

export type WrittenTemplate = z.infer<typeof WrittenTemplate>;
export type WrittenAction = z.infer<typeof Action>;
