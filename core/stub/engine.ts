import type { Stub, Stubpost } from '../contract/stub.js';
import type { StubTemplate, TemplateAction } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { actionOf, applyPosted, baseTargetState, requireUpdatable, runProblem } from './base-actions.js';
import { problemOf, Refusal, type RunDraft, type RunOrder, type RunResult, type RunWorld, rootsOf } from './run.js';
import { checkFields } from './run-fields.js';
import { attachmentsOf } from './run-files.js';
import { planNotifications } from './run-notifications.js';
import { runTasks } from './run-tasks.js';
import { roomProblem } from './stub-room.js';

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
  await requireConditions(draft, action);
  const attachments = await attachmentsOf(draft.order, draft.world);
  const data = await checkFields(action, draft);
  if (action.name === '_update') requireUpdatable(before, draft.template, data);
  draft.post = { ...draft.post, data, attachments };
  draft.stub = applyPosted(before, { ...draft.order, data, attachments }, draft.template);
  requireRoom(draft);
  await runTasks(action.tasks, draft);
  await planNotifications(action.notifications, draft);
  draft.stub = { ...draft.stub, metrics: counted(draft.stub, action) };
  const state = (await branchState(action, draft)) ?? baseTargetState(before, draft.template, action.name, data);
  draft.stub = { ...touched(draft.stub, draft.world.nowMs), state };
  draft.post = { ...draft.post, to_state: state };
}

function requireRoom({ stub, order }: RunDraft): void {
  const problem = roomProblem(stub.data);
  if (problem === undefined) return;
  throw new Refusal({
    code: 'validation_failed',
    message: `The action "${order.action}" was not run: ${problem}.`,
  });
}

function requireAllowed({ stub, template, order }: RunDraft): void {
  const problem = order.blocked ?? (order.feedback ? undefined : runProblem(stub, template, order.action));
  if (problem) throw new Refusal(problem);
}

async function requireConditions(draft: RunDraft, { name, conditions }: TemplateAction): Promise<void> {
  const holds = await draft.world.holds(conditions, rootsOf(draft)).catch(refuseIfFailed);
  if (holds) return;
  throw new Refusal({
    code: 'conditions_not_met',
    message: `The conditions of the action "${name}" do not hold for this stub: ${conditions.join(' and ')}.`,
  });
}

const isFailedCondition = (error: unknown): boolean =>
  error instanceof StubwireError && error.code === 'condition_failed';

/** A condition that throws or runs too long fails its step, never the engine. */
function refuseIfFailed(error: unknown): never {
  throw isFailedCondition(error) ? new Refusal(problemOf(error)) : error;
}

/** The first branch that holds, else the default; undefined where neither is there. A branch that gives no answer does not hold, and the stubpost says so. */
async function branchState(action: TemplateAction, draft: RunDraft): Promise<string | undefined> {
  for (const { key, state, conditions } of action.toState.filter(({ isDefault }) => !isDefault)) {
    try {
      if (await draft.world.holds(conditions, rootsOf(draft))) return state;
    } catch (error) {
      if (!isFailedCondition(error)) throw error;
      draft.post = { ...draft.post, to_state_errors: { ...draft.post.to_state_errors, [key]: problemOf(error) } };
    }
  }
  return action.toState.find(({ isDefault }) => isDefault)?.state;
}

function counted({ metrics }: Stub, action: TemplateAction): Stub['metrics'] {
  const counters = { ...metrics.counters };
  for (const { counter, increment } of action.metrics) {
    counters[counter] = (Object.hasOwn(counters, counter) ? counters[counter]! : 0) + increment;
  }
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
