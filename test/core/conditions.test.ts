import assert from 'node:assert/strict';
import { pino } from 'pino';
import { StubwireError } from '../../core/errors.js';
import { ConditionRunner } from '../../core/template/conditions.js';
import { FairLines } from '../../core/template/fair-lines.js';

const roots = {
  stub: { state: 'open', data: { channel: 'whatsapp', n: 3, zero: 0, empty: [], list: [0, 0], some: [0, 1] } },
  stubpost: { message: 'hi' },
};
const REDOS = '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)';

/** Fast for most texts, and endless for `LONG`. */
const SLOW_FOR_SOME = '$contains(stubpost.message, /^(\\w+\\s?)*$/)';
const LONG = { stubpost: { message: `${'a'.repeat(40)}!` } };

describe('conditions', () => {
  let runner: ConditionRunner;
  let log: string[];
  beforeEach(() => {
    log = [];
    runner = new ConditionRunner(pino({ level: 'warn' }, { write: (line: string) => void log.push(line) }));
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
    assert.equal(await Promise.race([bad, runner.holds(['stub.data.n = 3'], roots)]), true);
    assert.equal(await bad, 'condition_failed');
  });

  it('that run too long do not delay others, however many stubs wait for them', async () => {
    await Promise.all([runner.holds(['true'], roots), runner.holds(['true'], roots)]);
    await assert.rejects(runner.holds([SLOW_FOR_SOME], LONG));
    let ended = 0;
    const endless = Array.from({ length: 30 }, () =>
      runner.holds([SLOW_FOR_SOME], LONG).catch(() => {
        ended += 1;
      }),
    );
    assert.equal(await runner.holds(['1 = 1'], roots), true);
    assert.ok(ended <= 3, `${ended} came before it`);
    await Promise.all(endless);
    assert.equal(ended, 30);
  });

  it('that ran too long have less time for a minute, still answer harmless input, and are logged once', async () => {
    const regex = '^(a+)+$';
    await Promise.all([
      assert.rejects(runner.holds([SLOW_FOR_SOME], LONG), /ran longer than 100 ms and was stopped/),
      assert.rejects(runner.matches(regex, '', LONG.stubpost.message), /expression \/\^\(a\+\)\+\$\/ .* than 100 ms/),
    ]);
    for (let again = 0; again < 3; again += 1) {
      await assert.rejects(
        runner.holds([SLOW_FOR_SOME], LONG),
        /ran longer than 25 ms, which is all it has for a minute/,
      );
      await assert.rejects(runner.matches(regex, '', LONG.stubpost.message), /ran longer than 25 ms, which is all/);
    }
    assert.equal(await runner.holds([SLOW_FOR_SOME], roots), true);
    assert.equal(await runner.matches(regex, '', 'aaa'), true);
    assert.equal(await runner.matches(regex, '', 'b'), false);
    assert.equal(runner.slowCount, 2);
    assert.deepEqual(log.filter((line) => line.includes('ran too long and was stopped')).length, 2);
  });

  it('replace, split and find with a regular expression as before, also while they have less time', async () => {
    const uses = (text: string) =>
      `$replace("a1b22c", /[0-9]+/, "-") = "a-b-c" and $count($split("a, b;c", /[,;] ?/)) = 3 and $count($match(${text}, /A(.)/i).groups) = 2`;
    assert.equal(await runner.holds([uses('"axay"')], roots), true);
    const slow = `${uses('"axay"')} and $contains(stubpost.message, /^(a+)+$/)`;
    await assert.rejects(runner.holds([slow], LONG), /100 ms/);
    assert.equal(await runner.holds([slow], { stubpost: { message: 'aa' } }), true);
  });

  it('wait in queues that take turns', () => {
    const lines = new FairLines<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) lines.push(item[0]!, item);
    const taken = ['', '', '', ''].map(() => lines.take(() => true));
    assert.deepEqual(taken, ['a1', 'b1', 'c1', 'a2']);
    assert.equal(
      lines.take((key) => key === 'c'),
      undefined,
    );
    assert.deepEqual(lines.takeAll(), ['b2', 'a3']);
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
