import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../core/contract/json.js';
import type { Stub } from '../../core/contract/stub.js';
import type { StubTemplate, TemplateAction, TemplateField, TemplateTask } from '../../core/contract/stub-template.js';
import { StubwireError } from '../../core/errors.js';
import { runAction } from '../../core/stub/engine.js';
import type { RunOrder, RunResult, RunWorld } from '../../core/stub/run.js';
import { SaveData } from '../../core/stub/tasks/savedata.js';
import { SendAction } from '../../core/stub/tasks/sendaction.js';
import { SetTimer } from '../../core/stub/tasks/set-timer.js';
import { Substitution } from '../../core/template/substitution.js';

const NOW_MS = Date.UTC(2026, 10, 26);

/** Conditions are words here: they hold, do not, or give no answer. */
const world: RunWorld = {
  org: { orguuid: 'org', name: 'Org', default_country: 'ZA' },
  nowMs: NOW_MS,
  substitution: new Substitution(),
  dryRun: false,
  channels: new Map(),
  taskTypes: new Map([new SaveData(), new SendAction(), new SetTimer()].map((type) => [type.tasktype, type])),
  contacts: async (ids) => ids.map(() => undefined),
  file: async () => undefined,
  lids: { lidOf: async () => 'lid', writes: () => [] },
  contactId: async () => undefined,
  holds: async (conditions) => {
    if (conditions.includes('broken')) throw new StubwireError('condition_failed', 'It gave no answer.');
    return !conditions.includes('no');
  },
  matches: async (regex, flags, text) => new RegExp(regex, flags).test(text),
};

const conditions = fc.array(fc.constantFrom('yes', 'no', 'broken'), { maxLength: 2 });
const word = fc.constantFrom('a', 'b', 'c', 'd');
const tasks: fc.Arbitrary<TemplateTask[]> = fc
  .uniqueArray(
    fc.record({
      key: fc.constantFrom('one', 'two', 'three', 'four'),
      stopOnFailure: fc.boolean(),
      conditions,
      made: fc.oneof(
        fc.record({ tasktype: fc.constant('savedata'), params: fc.record({ data: fc.dictionary(word, fc.nat(9)) }) }),
        fc.record({
          tasktype: fc.constant('sendaction'),
          params: fc.record({ action_name: fc.constantFrom('act', 'other') }),
        }),
        fc.record({
          tasktype: fc.constant('set_timer'),
          params: fc.record({
            timer_name: word,
            action_name: fc.constant('other'),
            after_days: fc.integer({ min: -1, max: 400 }),
          }),
        }),
        fc.record({ tasktype: fc.constant('unknown'), params: fc.constant({}) }),
      ),
    }),
    { selector: ({ key }) => key },
  )
  .map((list) => list.map(({ made, ...task }) => ({ ...task, ...made, params: made.params as JsonObject })));

const field = (name: string, required: boolean): TemplateField => ({
  name,
  keyname: name,
  landsAt: [name],
  fieldtype: 'number',
  title: name,
  description: '',
  hideLabel: false,
  required,
  conditions: [],
  validations: required ? [{ key: 'needed', validationtype: 'required' }] : [],
  initvalue: {},
  params: { max: 5 },
});

const actions: fc.Arbitrary<TemplateAction> = fc.record({
  name: fc.constant('act'),
  description: fc.constant(''),
  conditions,
  fields: fc.tuple(fc.boolean(), fc.boolean()).map(([a, b]) => [field('a', a), field('b', b)]),
  tasks,
  notifications: fc.constant([]),
  metrics: fc.array(
    fc.record({ key: word, counter: fc.constantFrom('n', 'm'), increment: fc.integer({ min: -3, max: 3 }) }),
    {
      maxLength: 3,
    },
  ),
  toState: fc.array(
    fc.record({ key: word, state: fc.constantFrom('open', 'done'), conditions, isDefault: fc.boolean() }),
    { maxLength: 3 },
  ),
});

const templateOf = (action: TemplateAction, listed: boolean): StubTemplate => ({
  name: 't',
  file: 't.yaml',
  initialState: 'open',
  data: {},
  states: new Map([
    ['open', { name: 'open', actions: listed ? ['act'] : [], isDone: false }],
    ['done', { name: 'done', actions: [], isDone: true }],
  ]),
  actions: new Map([['act', action]]),
  registrations: [],
});

const STUB: Stub = {
  orguuid: 'org',
  stubref: '2026-11-26-AAAA-BBBB',
  stubuuid: 'uuid',
  template: 't',
  version: 7,
  state: 'open',
  subject: '',
  contact_lists: {},
  pointers: {},
  program: { templateuuid: 'x', branch: 'main', context: {} },
  data: { a: 1, kept: true },
  links: [],
  attachments: [],
  metrics: { counters: { n: 1 } },
  created_at: new Date(0).toISOString(),
  updated_at: new Date(0).toISOString(),
};

const orders: fc.Arbitrary<RunOrder> = fc.record({
  stubpostuuid: fc.constant('post'),
  action: fc.constantFrom('act', 'act', 'act', '_update', '_close', 'nowhere'),
  message: fc.string({ maxLength: 5 }),
  data: fc.dictionary(
    word,
    fc.oneof(fc.nat(9), fc.string({ maxLength: 3 }), fc.constant(null)),
  ) as fc.Arbitrary<JsonObject>,
  attachments: fc.constant([]),
  posted_by: fc.constant({}),
});
const runs = fc.record({ action: actions, listed: fc.boolean(), order: orders });
type Run = { readonly action: TemplateAction; readonly listed: boolean; readonly order: RunOrder };
const run = ({ action, listed, order }: Run): Promise<RunResult> =>
  runAction(templateOf(action, listed), STUB, order, world);

/** Without the time that tasks took. */
const timeless = ({ post, ...rest }: RunResult) => ({
  ...rest,
  post: {
    ...post,
    tasks: Object.fromEntries(Object.entries(post.tasks).map(([key, task]) => [key, { ...task, task_duration_ms: 0 }])),
  },
});

describe('the engine, whatever the template and the order (properties)', () => {
  it('decides the same from the same, and changes nothing that it was given', async () => {
    const before = structuredClone(STUB);
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        assert.deepEqual(timeless(await run(given)), timeless(await run(given)));
        assert.deepEqual(STUB, before);
      }),
    );
  });

  it('a refused run leaves the stub as it was and sends nothing; one that is not ends in a state that there is', async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        const { stub, post, ...left } = await run(given);
        assert.equal(stub.version, STUB.version + 1);
        if (!post.refused) return assert.ok(['open', 'done'].includes(stub.state) && post.to_state === stub.state);
        refusals += 1;
        assert.deepEqual({ ...stub, version: STUB.version, updated_at: STUB.updated_at }, STUB);
        assert.deepEqual(left, { deliveries: [], writes: [], tells: [], timers: [] });
        assert.deepEqual([post.tasks, post.to_state], [{}, 'open']);
      }),
    );
    assert.ok(refusals > 0);
  });

  it('runs tasks in their order up to one that fails and says so; each thing that leaves is named by its task', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        const { post, tells, timers } = await run(given);
        if (post.refused || given.order.action !== 'act') return;
        const all = given.action.tasks;
        const ran = Object.keys(post.tasks);
        assert.deepEqual(
          ran,
          all.slice(0, ran.length).map(({ key }) => key),
        );
        const stop = all.findIndex(({ key, stopOnFailure }) => stopOnFailure && post.tasks[key]?.success === false);
        assert.equal(ran.length, stop < 0 ? all.length : stop + 1);
        const done = (type: string) =>
          all.filter(({ key, tasktype }) => tasktype === type && post.tasks[key]?.success && !post.tasks[key].skipped);
        assert.deepEqual(
          tells.map(({ id }) => id),
          done('sendaction').map(({ key }) => `post:${key}`),
        );
        assert.deepEqual(
          timers.map(({ tell }) => tell.id),
          done('set_timer').map(({ key }) => `timer:post:${key}`),
        );
      }),
    );
  });

  it('counts each metric once, takes the first branch that holds, and merges what was posted and saved', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        const { stub, post } = await run(given);
        if (post.refused || given.order.action !== 'act') return;
        const { metrics, toState, tasks } = given.action;
        const counted: Record<string, number> = { n: 1 };
        for (const { counter, increment } of metrics) counted[counter] = (counted[counter] ?? 0) + increment;
        assert.deepEqual(stub.metrics.counters, counted);
        const holds = toState.filter(
          (branch) => !branch.isDefault && !branch.conditions.some((word) => word !== 'yes'),
        );
        const state = holds[0]?.state ?? toState.find(({ isDefault }) => isDefault)?.state ?? 'open';
        assert.equal(stub.state, state);
        const saved = tasks.filter(
          ({ key, tasktype }) => tasktype === 'savedata' && post.tasks[key]?.success && !post.tasks[key].skipped,
        );
        const merged = Object.assign({ ...STUB.data, ...post.data }, ...saved.map(({ params }) => params['data']));
        assert.deepEqual(stub.data, merged);
      }),
    );
  });

  it('a timer of a name takes the place of the one before, and all that stand on the stub will come', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        const { stub, timers } = await run(given);
        for (const { id, due_at } of Object.values(stub.timers ?? {})) {
          const waiting = timers.find(({ tell }) => tell.id === `timer:${id}`);
          assert.equal(waiting?.atMs, Date.parse(due_at));
        }
      }),
    );
  });

  it('fills texts in with the time that the run was asked for, whenever it is decided', async () => {
    const asked = {
      name: 'asked',
      usage: 'asked()',
      arity: [0, 0],
      run: ({ atMs }: { atMs: number }) => atMs,
    } as const;
    const task = { key: 'k', tasktype: 'savedata', params: { data: { asked: '~~#asked()' } } };
    const action: TemplateAction = {
      name: 'act',
      description: '',
      conditions: [],
      fields: [],
      tasks: [{ ...task, conditions: [], stopOnFailure: false }],
      notifications: [],
      metrics: [],
      toState: [],
    };
    const order = {
      stubpostuuid: 'post',
      action: 'act',
      message: '',
      data: {},
      attachments: [],
      posted_by: {},
      atMs: 5,
    };
    for (const nowMs of [NOW_MS, NOW_MS + 60_000]) {
      const later = { ...world, nowMs, substitution: new Substitution([asked]) };
      const { stub } = await runAction(templateOf(action, true), STUB, order, later);
      assert.equal(stub.data['asked'], 5);
    }
  });
});
