import { z } from 'zod';
import { UNLISTED } from '../config/schema-shape.js';
import { Conditions, EXPORTED, JsonMap, Name, notRun, notYet, oneOf } from './schema-parts.js';
import { Field } from './written-field.js';

/** A stub template as its author writes it (model §3), in YAML or as the platform's exported JSON. */

const STATE_HOOKS =
  'hooks of a state are not run, by design: what happens stands on the action that makes it happen. Give each action that leads to the state a task sendaction with what the hook was to run';

const State = z.strictObject({
  ...EXPORTED,
  actions: z.array(Name).default([]),
  details: z.strictObject({ title: z.string().optional(), description: z.string().optional() }).optional(),
  structure: z.looseObject({ meta: z.looseObject({ is_done: z.boolean().optional() }).optional() }).optional(),
  state_hooks: notRun(STATE_HOOKS),
});

const Task = z.strictObject({
  ...EXPORTED,
  tasktype: z.string().min(1),
  details: z.strictObject({ title: z.string().optional(), description: z.string().optional() }).optional(),
  params: JsonMap.default({}),
  conditions: Conditions,
  stop_on_failure: z.boolean().default(false),
});

const SendTo = z.strictObject({
  ...EXPORTED,
  type: z.enum(['contactuuid', 'contact_list', 'mobile', 'whatsapp_user']),
  value: z.string().min(1),
});

const atLeastOne = (map: object): boolean => Object.keys(map).length > 0;

const Notification = z.strictObject({
  ...EXPORTED,
  details: z.strictObject({ title: z.string().optional(), description: z.string().optional() }).optional(),
  conditions: Conditions,
  send_to: z
    .record(Name, SendTo)
    .refine(atLeastOne, 'nobody is named. Write for example: customer: { type: contact_list, value: _created_by }'),
  platforms: z
    .record(z.string(), JsonMap)
    .refine(atLeastOne, 'no channel is named. Write for example: meta_whatsapp: { … }'),
});

const Metric = z.strictObject({ ...EXPORTED, counter: Name, increment: z.number().default(1) });

const Branch = z.strictObject({
  ...EXPORTED,
  state: Name,
  conditions: Conditions,
  meta: z.strictObject({ default: z.boolean().default(false) }).optional(),
});

const Action = z.strictObject({
  ...EXPORTED,
  details: z.strictObject({ title: z.string().optional(), description: z.string().optional() }).default({}),
  conditions: Conditions,
  fields: z.record(Name, Field).default({}),
  tasks: z.record(Name, Task).default({}),
  notifications: z.record(Name, Notification).default({}),
  metrics: z.record(Name, Metric).default({}),
  to_state: z.union([Name, z.record(z.string(), Branch)]).optional(),
});

const CreateStub = z.strictObject({
  subject: z.string().default(''),
  stubsession_hours: z.int().min(1).max(8760).optional(),
  run: Name.optional(),
  data: JsonMap.default({}),
});

const TriggerStubaction = z.strictObject({
  stubref: z.string().min(1),
  action_name: z.string().min(1),
  message: z.string().default(''),
  data: JsonMap.default({}),
});

const Registration = z
  .strictObject({
    ...EXPORTED,
    path: z.string().min(1).max(1000),
    mechanism: oneOf(['evt', 'cbh'], ['rra', 'rnd', 'evb']),
    create_stub: CreateStub.optional(),
    trigger_stubaction: TriggerStubaction.optional(),
    on_trigger_method: notYet('A registration of a template is kept as long as the template is loaded.'),
    timeout_seconds: notYet('A registration of a template is kept as long as the template is loaded.'),
  })
  .superRefine(({ path, mechanism, create_stub, trigger_stubaction }, context) => {
    if ((create_stub === undefined) === (trigger_stubaction === undefined)) {
      const message = 'a registration says what happens: give it either create_stub or trigger_stubaction';
      context.addIssue({ code: 'custom', message });
    }
    if (mechanism !== 'evt' && path.startsWith('global.')) {
      const message = 'everybody hears global events: on paths that begin with global. write evt';
      context.addIssue({ code: 'custom', path: ['mechanism'], message });
    }
  });

export const WrittenTemplate = z
  .strictObject({
    ...EXPORTED,
    template: Name.optional(),
    details: z
      .strictObject({
        busy_start_state: Name.optional().meta(UNLISTED),
        title: z.string().optional(),
        description: z.string().optional(),
      })
      .default({}),
    initial_state: Name.optional(),
    data: JsonMap.default({}),
    states: z
      .record(Name, State, {
        error: ({ input }) =>
          input === undefined ? 'missing. A stub is always in one. Write for example: states: { open: {} }' : undefined,
      })
      .refine(atLeastOne, 'a stub is always in a state. Write for example: open: { actions: [] }'),
    actions: z.record(Name, Action).default({}),
    heimdall: z.record(Name, Registration).default({}),
    state_hooks: notRun(STATE_HOOKS),
  })
  .superRefine(({ initial_state, details: { busy_start_state } }, context) => {
    if (initial_state === undefined && busy_start_state === undefined) {
      const message = 'missing. Name the state that a new stub is in';
      context.addIssue({ code: 'custom', path: ['initial_state'], message });
    } else if (initial_state !== undefined && busy_start_state !== undefined && initial_state !== busy_start_state) {
      const message = `"${initial_state}", but details.busy_start_state says "${busy_start_state}". Keep one of them`;
      context.addIssue({ code: 'custom', path: ['initial_state'], message });
    }
  });

export type WrittenTemplate = z.infer<typeof WrittenTemplate>;
export type WrittenAction = z.infer<typeof Action>;
