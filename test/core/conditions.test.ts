import assert from 'node:assert/strict';
import { StubwireError } from '../../core/errors.js';
import { ConditionRunner } from '../../core/template/conditions.js';

const roots = {
  stub: { state: 'open', data: { channel: 'whatsapp', n: 3, zero: 0, empty: [], list: [0, 0], some: [0, 1] } },
  stubpost: { message: 'hi' },
};
const REDOS = '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)';

describe('conditions', () => {
  let runner: ConditionRunner;
  beforeEach(() => {
    runner = new ConditionRunner();
  });
  afterEach(() => runner.stop());

  const fails = (conditions: readonly string[], pattern: RegExp) =>
    assert.rejects(
      runner.holds(conditions, roots),
      (error) => error instanceof StubwireError && error.code === 'condition_failed' && pattern.test(error.message),
    );

  it('hold when there are none', async () => {
    assert.equal(await runner.holds([], roots), true);
  });

  it('hold when all of them do', async () => {
    assert.equal(await runner.holds(['stub.data.channel = "whatsapp"', 'stub.data.n > 2'], roots), true);
    assert.equal(await runner.holds(['stub.data.channel = "whatsapp"', 'stub.data.n > 3'], roots), false);
  });

  const casts: readonly (readonly [condition: string, holds: boolean])[] = [
    ['stub.data.nothing', false],
    ['stub.data.zero', false],
    ['stub.data.empty', false],
    ['stub.data.list', false],
    ['stub.data.some', true],
    ['stub.data', true],
    ['{}', false],
    ['""', false],
    ['"false"', true],
    ['null', false],
    ['function($x) { $x }', false],
    ['$exists(heimdall)', false],
  ];
  for (const [condition, holds] of casts) {
    it(`count by JSONata’s boolean cast: ${condition} is ${holds}`, async () =>
      assert.equal(await runner.holds([condition], roots), holds));
  }

  it('that throw fail, with the condition and what it said', async () => {
    await fails(['$error("no")'], /The condition "\$error\("no"\)" gave no answer: it threw: no\. Correct it/);
    await fails(['$uppercase(5)'], /it threw: .*\. Correct it/);
    await fails(['stub.data =='], /it threw/);
  });

  it('that recurse without end fail within their 100 ms', async () => {
    await fails(['($f := function($x) { $f($x) }; $f(1))'], /it ran longer than 100 ms and was stopped/);
    await fails(['($f := function($x) { 1 + $f($x) }; $f(1))'], /it threw: Stack overflow/);
  });

  it('whose regular expression never ends are stopped, and the loop runs on meanwhile', async () => {
    await runner.holds(['true'], roots);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 5);
    await fails([REDOS], /it ran longer than 100 ms and was stopped/);
    clearInterval(timer);
    assert.ok(ticks >= 8, `${ticks} ticks`);
    assert.equal(await runner.holds(['true'], roots), true);
  });

  it('go on while another is being stopped', async () => {
    await Promise.all([runner.holds(['true'], roots), runner.holds(['true'], roots)]);
    const bad = runner.holds([REDOS], roots).catch((error: StubwireError) => error.code);
    const good = Array.from({ length: 50 }, () => runner.holds(['stub.data.n = 3'], roots));
    const first = await Promise.race([bad, Promise.all(good)]);
    assert.deepEqual(
      first,
      Array.from({ length: 50 }, () => true),
    );
    assert.equal(await bad, 'condition_failed');
  });

  it('that build endless lists or texts end without harm to the program', async () => {
    await fails(['$count([1..9999999]) > 1'], /it threw|longer than/);
    await fails(['($f := function($s) { $f($s & $s) }; $f("aaaaaaaaaaaaaaaa"))'], /it threw|longer than/);
    await fails(['$length($pad("a", 400000000)) > 1'], /it threw|longer than/);
  });

  it('cannot run a text that came from outside, nor reach what is inherited', async () => {
    await fails(['$eval(stubpost.message)'], /\$eval is not there/);
    await fails(['($f := $eval; $f(stubpost.message))'], /\$eval is not there/);
    for (const path of ['constructor', '__proto__', 'constructor.constructor("return 1")()', 'data.list.constructor'])
      assert.equal(await runner.holds([`$exists(stub.${path})`], roots), false, path);
  });

  it('cannot change what they look at', async () => {
    const data = { stub: { data: { n: 1 } } };
    await runner.holds(['$count(stub ~> |data|{"n": 2}|) > 0'], data);
    assert.deepEqual(data, { stub: { data: { n: 1 } } });
  });

  it('are refused after stop, and while they wait for it', async () => {
    const waiting = Array.from({ length: 5 }, () =>
      runner.holds(['true'], roots).catch((error: StubwireError) => error.code),
    );
    await runner.stop();
    for (const answer of await Promise.all(waiting)) assert.ok(answer === 'stopping' || answer === true);
    await assert.rejects(runner.holds(['true'], roots), { code: 'stopping' });
  });
});
