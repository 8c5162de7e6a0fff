import type { Stub, Stubpost } from '../contract/stub.js';
import type { StubTemplate, TemplateAction } from '../contract/stub-template.js';
import { actionOf, applyPosted, baseTargetState, isBaseAction } from './base-actions.js';
import { Refusal, type RunDraft, type RunOrder, type RunResult, type RunWorld, rootsOf } from './run.js';
import { checkFields } from './run-fields.js';
import { attachmentsOf } from './run-files.js';
import { planNotifications } from './run-notifications.js';
import { runTasks } from './run-tasks.js';

/**
 * Runs one action on one stub: fields, tasks, notifications, metrics, state. It takes values and returns values; the
 * stub's actor commits them. A refused run leaves the stub as it was, with an entry in its log that says why.
 */
export async function runAction(
  template: StubTemplate,
  stub: Stub,
  order: RunOrder,
  world: RunWorld,
): Promise<RunResult> {
  const post = emptyPost(stub, order, world.nowMs);
  const actor = order.posted_by.contactuuid ?? order.posted_by.on_behalf_of;
  const [actioningContact] = actor === undefined ? [] : await world.contacts([actor]);
  const draft: RunDraft = {
    order,
    template,
    world,
    stub,
    post,
    deliveries: [],
    writes: [],
    tells: [],
    timers: [],
    ...(actioningContact && { actioningContact }),
  };
  try {
    await run(draft, actionOf(template, order.action));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const nothing = { deliveries: [], writes: [], tells: [], timers: [] };
    return { stub: touched(stub, world.nowMs), post: { ...post, refused: error.problem }, ...nothing };
  }
  const { post: written, deliveries, writes, tells, timers } = draft;
  return { stub: draft.stub, post: written, deliveries, writes, tells, timers };
}

async function run(draft: RunDraft, action: TemplateAction): Promise<void> {
  const before = draft.stub;
  requireAllowed(draft);
  if (!(await draft.world.holds(action.conditions, rootsOf(draft)))) {
    throw new Refusal({
      code: 'conditions_not_met',
      message: `The conditions of the action "${action.name}" do not hold for this stub: ${action.conditions.join(' and ')}.`,
    });
  }
  const attachments = await attachmentsOf(draft.order, draft.world);
  draft.post = { ...draft.post, data: await checkFields(action, draft), attachments };
  draft.stub = applyPosted(draft.stub, { ...draft.order, data: draft.post.data, attachments });
  await runTasks(action.tasks, draft);
  await planNotifications(action.notifications, draft);
  const state = await targetState(action, draft, before);
  draft.stub = { ...touched(draft.stub, draft.world.nowMs), state, metrics: counted(draft.stub, action) };
  draft.post = { ...draft.post, to_state: state };
}

function requireAllowed({ stub, template, order }: RunDraft): void {
  if (isBaseAction(order.action) || order.feedback) return;
  if (!template.actions.has(order.action)) {
    throw new Refusal({
      code: 'action_unknown',
      message: `The template "${template.name}" has no action "${order.action}". It has: ${[...template.actions.keys()].join(', ') || 'none'}.`,
    });
  }
  const state = template.states.get(stub.state);
  if (state?.actions.includes(order.action)) return;
  throw new Refusal({
    code: 'action_not_in_state',
    message: state
      ? `The action "${order.action}" cannot run in the state "${stub.state}". This state allows: ${state.actions.join(', ') || 'base actions only'}.`
      : `The stub stands in the state "${stub.state}", which the template "${template.name}" no longer has. Only base actions can run; _reopen leads back to "${template.initialState}".`,
  });
}

async function targetState(action: TemplateAction, draft: RunDraft, before: Stub): Promise<string> {
  const roots = rootsOf(draft);
  for (const branch of action.toState.filter(({ isDefault }) => !isDefault)) {
    if (await draft.world.holds(branch.conditions, roots)) return branch.state;
  }
  const fallback = action.toState.find(({ isDefault }) => isDefault);
  return fallback?.state ?? baseTargetState(before, draft.template, action.name);
}

function counted({ metrics }: Stub, action: TemplateAction): Stub['metrics'] {
  const counters = { ...metrics.counters };
  for (const { counter, increment } of action.metrics) counters[counter] = (counters[counter] ?? 0) + increment;
  return { ...metrics, counters };
}

const touched = (stub: Stub, nowMs: number): Stub => ({
  ...stub,
  version: stub.version + 1,
  updated_at: new Date(nowMs).toISOString(),
});

function emptyPost(stub: Stub, order: RunOrder, nowMs: number): Stubpost {
  return {
    v: 1,
    stubpostuuid: order.stubpostuuid,
    stubref: stub.stubref,
    action_name: order.action,
    message: order.message,
    data: order.data,
    attachments: order.attachments,
    posted_by: order.posted_by,
    posted_at: new Date(nowMs).toISOString(),
    ...(order.routing && { routing: order.routing }),
    from_state: stub.version === 0 ? null : stub.state,
    to_state: stub.state,
    tasks: {},
    notifications: {},
  };
}
