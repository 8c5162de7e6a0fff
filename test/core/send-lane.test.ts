import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SendOutcome } from '../../core/contract/channel.js';
import type { Problem } from '../../core/contract/stub.js';
import type { LaneCall, LaneLetter, LaneOutcome, LaneState } from '../../core/notification/lane-state.js';
import { SendLane } from '../../core/notification/send-lane.js';
import { Keys } from '../../core/redis/keys.js';

const GROUP = { queue: 'q', unknownOutcomeWaitMs: 30_000, unknownOutcomeResends: 1 };
const lane = new SendLane('test', GROUP, new Keys('t'));
const problem = { code: 'x', message: 'y' };
const accepted: SendOutcome = { result: 'accepted', providerId: 'w1' };
const unknown: SendOutcome = { result: 'unknown', problem };
const retry = (limit: 'none' | 'pair' | 'rate'): SendOutcome => ({ result: 'retry', limit, problem });

/** A lane with its clock: what it calls is noted, and answered by hand. */
class Walk {
  state: LaneState = { waiting: [] };
  nowMs = 1_000_000;
  calls: string[] = [];
  tasks: unknown[] = [];
  failures: Problem[] = [];
  steps: string[] = [];
  reports: unknown[] = [];
  hearingMs = Number.POSITIVE_INFINITY;

  tell(letter: LaneLetter): this {
    return this.take(lane.decide(this.state, letter, this.nowMs));
  }
  deliver(delivery: string): this {
    return this.tell({ type: 'deliver', delivery });
  }
  /** The lane's turn, if it wants one by now. */
  turn(): this {
    const decision = lane.next(this.state, this.nowMs, this.hearingMs);
    return decision ? this.take(decision) : this;
  }
  answer(outcome: LaneOutcome, attempt = this.calls.at(-1)!): this {
    return this.tell({ type: 'outcome', attempt, outcome });
  }
  after(ms: number): this {
    this.nowMs += ms;
    return this.turn();
  }
  private take(decision: ReturnType<typeof lane.decide>): this {
    this.state = decision.state;
    if (decision.call) {
      this.calls.push(decision.call.id);
      this.tasks.push(decision.call.task);
    }
    for (const [, , field, value] of decision.writes ?? []) {
      if (String(field).startsWith('step:')) this.steps.push(String(field));
      if (field === 'step:failed') this.failures.push(JSON.parse(String(value)).error);
    }
    this.reports.push(...(decision.tells ?? []).map(({ body }) => body));
    return this;
  }
}

describe('A send lane', () => {
  it('sends the next message only when the one before is done', () => {
    const walk = new Walk().deliver('a').deliver('b').turn().turn();
    assert.deepEqual(walk.calls, ['a:1.1']);
    walk.answer(accepted).turn();
    assert.deepEqual(walk.calls, ['a:1.1', 'b:1.1']);
  });

  it('waits longer after each refusal, and keeps the message at the head', () => {
    const walk = new Walk().deliver('a').deliver('b').turn().answer(retry('none'));
    walk.after(700);
    assert.equal(walk.calls.length, 1, 'too early');
    walk.after(600);
    assert.deepEqual(walk.calls, ['a:1.1', 'a:1.2']);
  });

  it('waits 4^x seconds on a pair limit', () => {
    const walk = new Walk().deliver('a').turn();
    for (const seconds of [1, 4, 16, 64]) {
      walk.answer(retry('pair')).after(seconds * 1_000 - 1);
      const before = walk.calls.length;
      assert.equal(walk.after(1).calls.length, before + 1);
    }
  });

  it('gives up after its retries, with the reason', () => {
    const walk = new Walk().deliver('a').turn();
    for (let tries = 0; tries < 9; tries += 1) walk.answer(retry('none')).after(100_000);
    assert.equal(walk.calls.length, 9);
    assert.equal(walk.steps.at(-1), 'step:failed');
    assert.equal(walk.state.current, undefined);
  });

  it('does not repeat a send whose outcome is unknown before it has waited for a status', () => {
    const walk = new Walk().deliver('a').turn().answer(unknown);
    assert.equal(lane.wakeAtMs(walk.state), walk.nowMs + 30_000);
    assert.equal(walk.after(29_999).calls.length, 1);
    assert.equal(walk.after(1).calls.length, 2);
    walk.answer(unknown).after(30_000);
    assert.equal(walk.calls.length, 2, 'once only');
    assert.equal(walk.steps.at(-1), 'step:failed');
  });

  it('gives statuses their time again after this program was away itself', () => {
    const walk = new Walk().deliver('a').turn().answer(unknown);
    walk.hearingMs = 1_000;
    assert.equal(walk.after(60_000).calls.length, 1);
    assert.equal(lane.wakeAtMs(walk.state), walk.nowMs + 29_000);
    walk.hearingMs = 30_000;
    assert.equal(walk.after(29_000).calls.length, 2);
  });

  it('holds a repeat back while reports wait that may settle it, and does not count that as one', () => {
    const walk = new Walk().deliver('a').turn().answer(unknown).after(30_000);
    for (let held = 0; held < 5; held += 1) walk.answer({ result: 'unheard' }).after(1_000);
    assert.equal(
      walk.steps.filter((step) => step.startsWith('step:sending#')).length,
      2,
      'only what was sent is noted',
    );
    walk.tell({ type: 'settled', delivery: 'a', providerId: 'w' }).answer({ result: 'unheard' });
    assert.equal(walk.steps.at(-1), 'step:accepted');
    const sent = new Walk()
      .deliver('a')
      .turn()
      .answer(unknown)
      .after(30_000)
      .answer({ result: 'unheard' })
      .after(1_000)
      .answer(accepted);
    assert.equal(sent.steps.at(-1), 'step:accepted');
    assert.ok(sent.steps.includes('step:sending#1.3'));
  });

  it('asks for reports before every attempt after one that may have arrived, through uploads and refusals', () => {
    const again = 'step:sending#1.';
    const walk = new Walk().deliver('a').turn().answer(unknown).after(30_000);
    assert.deepEqual(walk.tasks.at(-1), { delivery: 'a', resend: true });
    walk.answer({ result: 'prepare', by: { kind: 'uploads', id: 'f' }, letter: {}, problem });
    assert.ok(!walk.steps.includes(`${again}2`), 'nothing was sent again yet');
    walk.tell({ type: 'prepared', attempt: 'a:1.2' }).turn();
    assert.deepEqual(walk.tasks.at(-1), { delivery: 'a', resend: true });
    walk.answer({ result: 'unheard' }).after(1_000).answer(retry('none')).after(2_000);
    assert.deepEqual(walk.steps.slice(-2), [`${again}4`, `${again}4:refused`]);
    assert.deepEqual(walk.tasks.at(-1), { delivery: 'a', resend: true });
    walk.tell({ type: 'settled', delivery: 'a', providerId: 'w' }).answer({ result: 'unheard' });
    assert.equal(walk.steps.at(-1), 'step:accepted');
  });

  it('does not call it refused when the repeat of what may have arrived is refused, and lets nobody take it out', () => {
    const walk = new Walk().deliver('a').turn().answer(unknown).after(30_000).answer(retry('none'));
    walk.tell({ type: 'cancel', delivery: 'a' });
    assert.equal(walk.state.current?.phase, 'resting');
    walk.after(2_000).answer({ result: 'rejected', problem });
    assert.equal(walk.failures.at(-1)?.code, 'unknown_outcome');
    const late = new Walk().deliver('a').turn().answer(unknown).answer({ result: 'rejected', problem });
    assert.equal(late.failures.at(-1)?.code, 'x', 'that attempt was refused after all');
  });

  it('sends nothing more when the answer of an earlier attempt comes at last', () => {
    const walk = new Walk().deliver('a').turn().answer(unknown).after(30_000).answer(retry('none'));
    walk.answer(accepted, 'a:1.1').after(100_000);
    assert.deepEqual([walk.calls.length, walk.state], [2, { waiting: [] }]);
    const under = new Walk().deliver('a').turn().answer(unknown).after(30_000).answer(accepted, 'a:1.1');
    under.answer(retry('none')).after(100_000);
    assert.deepEqual([under.calls.length, under.state.current], [2, undefined]);
  });

  it('takes a status as the answer that was lost, and goes on at once', () => {
    const walk = new Walk().deliver('a').deliver('b').turn().answer(unknown);
    walk.tell({ type: 'settled', delivery: 'a', providerId: 'w' }).turn();
    assert.deepEqual(walk.calls, ['a:1.1', 'b:1.1']);
    assert.ok(walk.steps.includes('step:accepted'));
  });

  it('remembers a status that came before the answer was known to be lost', () => {
    const walk = new Walk()
      .deliver('a')
      .turn()
      .tell({ type: 'settled', delivery: 'a', providerId: 'w' })
      .answer(unknown);
    assert.equal(walk.steps.at(-1), 'step:accepted');
    assert.equal(walk.state.current, undefined);
  });

  it('keeps an answer that comes after it had been taken for lost', () => {
    const walk = new Walk().deliver('a').turn().answer(unknown).answer(accepted);
    assert.equal(walk.steps.at(-1), 'step:accepted');
    const late = new Walk().deliver('a').turn().answer(unknown).after(30_000).answer(accepted, 'a:1.1');
    assert.equal(late.steps.at(-1), 'step:accepted');
    assert.equal(late.state.current?.attempts, 2, 'the second attempt goes on to its own end');
  });

  it('gives a message back when its window is closed, with the owner’s ticket', () => {
    const owner = { kind: 'conversation', id: 'c' };
    const walk = new Walk()
      .tell({ type: 'deliver', delivery: 'a', owner, ticket: { seq: 4 } })
      .turn()
      .answer({ result: 'window_closed', problem });
    assert.deepEqual(walk.reports, [{ type: 'window_closed', delivery: 'a', ticket: { seq: 4 }, problem }]);
    assert.equal(walk.state.current, undefined);
  });

  it('keeps a message at its head while all of its group is refused, and does not count that as a try', () => {
    const walk = new Walk().deliver('a').deliver('b').turn();
    for (let refused = 0; refused < 20; refused += 1) walk.answer({ result: 'halt', problem }).after(5_000);
    assert.equal(walk.calls.at(-1), 'a:1.21');
    walk.answer(retry('none')).after(1_300).answer(accepted).turn();
    assert.equal(walk.calls.at(-1), 'b:1.1');
  });

  it('has its group paused when what it waits for is refused for all of the group', () => {
    const letter = { type: 'upload' };
    const walk = new Walk().deliver('a').turn();
    walk.answer({ result: 'prepare', by: { kind: 'uploads', id: 'f' }, letter, problem });
    walk.tell({ type: 'prepared', attempt: 'a:1.1', outcome: { result: 'halt', problem } });
    assert.deepEqual(walk.calls, ['a:1.1', 'a:1.1:halt']);
    walk.tell({ type: 'paused' }).after(5_000);
    assert.equal(walk.calls.at(-1), 'a:1.2', 'the message stays at the head');
  });

  it('tells every owner of a failure, and of other ends only who asked', () => {
    const owner = { kind: 'conversation', id: 'c' };
    const walk = new Walk();
    for (const delivery of ['a', 'b']) walk.tell({ type: 'deliver', delivery, owner });
    walk.turn().answer({ result: 'rejected', problem }).turn().answer(accepted);
    assert.deepEqual(walk.reports, [{ type: 'ended', delivery: 'a', problem }]);
  });

  it('lets a message be taken out while it waits or rests, and not while it may be with the provider', () => {
    const cancel = (delivery: string) => ({ type: 'cancel', delivery }) as const;
    const walk = new Walk().deliver('a').deliver('b').deliver('c').turn().tell(cancel('a')).tell(cancel('b'));
    assert.deepEqual(walk.steps, ['step:sending#1.1', 'step:failed']);
    assert.deepEqual(
      walk.state.waiting.map(({ delivery }) => delivery),
      ['c'],
    );
    walk.answer(unknown).tell(cancel('a'));
    assert.equal(walk.state.current?.phase, 'unsettled');
    walk.answer(accepted).turn().answer(retry('none')).tell(cancel('c'));
    assert.deepEqual(walk.state, { waiting: [] });
    assert.equal(walk.steps.at(-1), 'step:failed');
  });

  it('takes a status of an earlier round for no answer of this one', () => {
    const walk = new Walk().tell({ type: 'deliver', delivery: 'a', round: 2 }).turn().answer(unknown);
    walk.tell({ type: 'settled', delivery: 'a', providerId: 'w', round: 1 });
    assert.equal(walk.state.current?.phase, 'unsettled');
    walk.tell({ type: 'settled', delivery: 'a', providerId: 'x', round: 2 });
    assert.equal(walk.steps.at(-1), 'step:accepted#2');
  });

  it('keeps the order and never has two calls open, whatever the answers (property)', () => {
    const outcome = fc.constantFrom<LaneOutcome>(
      accepted,
      { result: 'unheard' },
      { result: 'prepare', by: { kind: 'uploads', id: 'f' }, letter: {}, problem },
      { result: 'window_closed', problem },
      unknown,
      retry('none'),
      retry('pair'),
      { result: 'rejected', problem },
      { result: 'later', afterMs: 10, problem },
      { result: 'halt', problem },
    );
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (answers) => {
        const walk = new Walk();
        for (const delivery of ['a', 'b', 'c', 'd']) walk.deliver(delivery);
        let inDoubt: string | undefined;
        for (const answer of answers) {
          walk.turn();
          const { current } = walk.state;
          if (current?.phase !== 'sending') walk.after(10_000_000);
          else {
            const isRepeat = inDoubt === current.delivery;
            assert.equal((walk.tasks.at(-1) as LaneCall).resend, isRepeat ? true : undefined);
            if (answer.result === 'unheard' && !isRepeat) continue; // only a repeat is ever held back
            const failed = walk.failures.length;
            walk.answer(answer);
            if (isRepeat && walk.failures.length > failed) assert.equal(walk.failures.at(-1)!.code, 'unknown_outcome');
            if (answer.result === 'unknown') inDoubt = current.delivery;
          }
        }
        const order = [...new Set(walk.calls.map((call) => call[0]))];
        assert.deepEqual(order, ['a', 'b', 'c', 'd'].slice(0, order.length));
        assert.deepEqual(
          walk.calls,
          [...walk.calls].sort(
            (x, y) => x.charCodeAt(0) - y.charCodeAt(0) || Number(x.split('.')[1]) - Number(y.split('.')[1]),
          ),
        );
        assert.equal(new Set(walk.calls).size, walk.calls.length, 'no attempt is made twice');
      }),
    );
  });
});
