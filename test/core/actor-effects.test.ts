import assert from 'node:assert/strict';
import { Postponed } from '../../core/actor/postponed.js';
import type { ActorKind, Decision, Letter, Turn } from '../../core/contract/actor-kind.js';
import { ActorHost } from '../support/actor-host.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

interface Caller {
  readonly log: readonly string[];
}
type CallerLetter = { readonly say: string } | { readonly outcome: string } | { readonly pass: string };

/** Makes a call for each `say`, passes `pass` on to another actor, sets a timer for `later…`. */
class CallerKind implements ActorKind<Caller, CallerLetter, { say: string }> {
  readonly kind = 'caller';
  readonly queue = 'callers';
  readonly stateVersion = 1;
  readonly timerQueues = ['caller-timers'];
  readonly calls: string[] = [];
  /** Holds the calls of this process open. */
  gate: Promise<void> = Promise.resolve();
  /** How often a decision is still put off. */
  busy = 0;
  busyForMs = 1;
  initial = (): Caller => ({ log: [] });

  decide({ state, nowMs }: Turn<Caller>, { id, body }: Letter<CallerLetter>): Decision<Caller, { say: string }> {
    if (this.busy > 0) {
      this.busy -= 1;
      throw new Postponed(this.busyForMs);
    }
    if ('pass' in body)
      return {
        state,
        tells: [{ to: { kind: 'caller', id: body.pass }, id: `${id}:passed`, body: { outcome: 'passed' } }],
      };
    if ('outcome' in body) return { state: { log: [...state.log, body.outcome] } };
    if (!body.say.startsWith('later')) return { state, call: { id: `call:${id}`, task: { say: body.say } } };
    const tell = { to: { kind: 'caller', id: 'a' }, id: `${id}:due`, body: { outcome: body.say } };
    return { state, timers: [{ queue: 'caller-timers', id: `${id}:timer`, atMs: nowMs + 3_600_000, tell }] };
  }

  async call({ say }: { say: string }, { repeated }: { repeated: boolean }): Promise<CallerLetter> {
    if (repeated) return { outcome: `${say}: unknown` };
    this.calls.push(say);
    await this.gate;
    return { outcome: `${say}: done` };
  }
}

describe('What an actor decides to do', () => {
  let kind: CallerKind;
  let host: ActorHost;
  const log = async (id = 'a') => (await host.state<Caller>('caller', id))?.log ?? [];
  const tell = (id: string, body: CallerLetter) => host.mail.tell([{ to: { kind: 'caller', id: 'a' }, id, body }]);

  beforeEach(async () => {
    kind = new CallerKind();
    host = new ActorHost(privateRedis.options, privateRedis.newPrefix(), [kind]);
  });
  afterEach(() => host.stop());

  it('may be put off any number of times; the letters behind wait, and none of it counts as a failure', async () => {
    kind.busy = 12;
    await tell('l1', { say: 'first' });
    await tell('l2', { say: 'second' });
    await host.start();
    await until('both outcomes', async () => (await log()).length === 2);
    assert.deepEqual(await log(), ['first: done', 'second: done']);
    assert.equal(kind.busy, 0);
    assert.equal(await host.redis.client.exists(host.keys.deadLetters()), 0);
  });

  it('is ignored by the sweeper while it is postponed, however old its letter gets', async () => {
    kind.busy = 1;
    kind.busyForMs = 3_600_000;
    await host.start();
    await tell('l1', { say: 'later' });
    await until('a decision that is put off', () => kind.busy === 0);
    const sweepsAfter = () => host.redis.client.zscore(host.keys.mail(), 'caller|a').then(Number);
    const nowMs = await host.clock.nowMs();
    await until('the sweeper to be told', async () => (await sweepsAfter()) > nowMs + 3_000_000);
    assert.equal(await host.sweeper.sweep(), 0);
  });

  it('is done after the commit, and the outcome of a call comes back to it', async () => {
    await host.start();
    await tell('l1', { say: 'hello' });
    await until('the outcome', async () => (await log()).length === 1);
    assert.deepEqual(await log(), ['hello: done']);
    await until('an empty outbox', async () => (await host.redis.client.exists(host.keys.outbox('caller', 'a'))) === 0);
  });

  it('reaches another actor once', async () => {
    await host.start();
    await tell('l1', { pass: 'b' });
    await until('the letter', async () => (await log('b')).length === 1);
    assert.equal(await host.redis.client.exists(host.keys.actor('caller', 'a')), 0, 'who keeps no state leaves no key');
  });

  it('comes from timers of an earlier version too, whose ids were plain', async () => {
    const body = { outcome: 'from before' };
    const letter = { to: { kind: 'caller', id: 'a' }, id: 'old:due', body };
    await host.queues.get('caller-timers').add('timer', letter, { jobId: 'main-27825550101-old', delay: 1 });
    await host.start();
    await until('the letter', async () => (await log()).length === 1);
    assert.deepEqual(await log(), ['from before']);
  });

  it('is forgotten with the timers that tell an actor, whether they wait or are due', async () => {
    const named = (id: string) => ({ to: { kind: 'caller', id }, id: 'due', body: { outcome: id } });
    for (const id of ['a', 'b']) {
      await host.timers.set('caller-timers', `${id}:late`, 60_000, named(id));
      await host.timers.set('caller-timers', `${id}:now`, 0, named(id));
    }
    await host.timers.forget('caller-timers', [{ kind: 'caller', id: 'a' }]);
    const left = await host.queues.get('caller-timers').getJobs(['delayed', 'wait']);
    assert.deepEqual(
      left.map(({ data }) => data.to.id),
      ['b', 'b'],
    );
  });

  it('is never called twice: a call that a dead process began comes back as unknown', async () => {
    // A process that committed the call and died: its turn is opened, decided and committed by hand.
    await tell('l1', { say: 'hello' });
    const opened = await host.store.open({ kind: 'caller', id: 'a' }, 10);
    const call = { id: 'call:l1', task: { say: 'hello' } };
    const step = { letterIds: ['l1'], outboxDone: 0, outbox: [{ call }], tells: [], writes: [], wakeAtMs: undefined };
    await host.store.commit(
      { kind: 'caller', id: 'a' },
      { ...step, version: opened.version, state: { record: { v: 1, log: [] } } },
    );
    await host.start();
    await until('the outcome', async () => (await log()).length === 1);
    assert.deepEqual(await log(), ['hello: unknown']);
    assert.deepEqual(kind.calls, []);
  });

  it('keeps the outcome of a slow call that another process took for lost', async () => {
    let open = () => {};
    kind.gate = new Promise((resolve) => {
      open = resolve;
    });
    await host.start();
    await tell('l1', { say: 'hello' });
    await until('the call', () => kind.calls.length === 1);
    // Another process takes over: the outbox still holds the call.
    const other = new CallerKind();
    const taker = new ActorHost(privateRedis.options, host.keys.queuePrefix.slice(1, -4), [other]);
    const { ActorTurn } = await import('../../core/actor/actor-turn.js');
    const effects = {
      wake: async () => {},
      tell: (tells: Parameters<typeof taker.mail.tell>[0]) => taker.mail.tell(tells),
      setTimer: async () => {},
      bury: () => [],
      onFailure: () => {},
    };
    await new ActorTurn(
      other,
      'a',
      await taker.store.open({ kind: 'caller', id: 'a' }, 10),
      taker.store,
      effects,
    ).run();
    open();
    await until('both outcomes', async () => (await log()).length === 2);
    assert.deepEqual(await log(), ['hello: unknown', 'hello: done']);
    assert.equal(kind.calls.length + other.calls.length, 1);
    await taker.stop();
  });

  it('comes at its time, and sooner when the clock is moved', async () => {
    await host.start();
    await tell('l1', { say: 'later today' });
    await until('the timer', async () => (await host.queues.get('caller-timers').getDelayedCount()) === 1);
    await host.clock.advance(3_000_000);
    assert.deepEqual(await log(), []);
    await host.clock.advance(600_000);
    await until('the letter', async () => (await log()).length === 1);
  });
});
