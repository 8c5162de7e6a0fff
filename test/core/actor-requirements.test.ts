import assert from 'node:assert/strict';
import type { ActorKind, Decision, Letter, Turn } from '../../core/contract/actor-kind.js';
import { ActorHost } from '../support/actor-host.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

interface Purse {
  readonly coins: readonly string[];
  readonly late: number;
}

/** Takes a coin from a table that all actors share, if it lies there when it looks. */
class TakerKind implements ActorKind<Purse, string> {
  readonly kind = 'taker';
  readonly queue = 'takers';
  readonly stateVersion = 1;
  host!: ActorHost;

  constructor(private readonly table: string) {}

  initial = (): Purse => ({ coins: [], late: 0 });

  async decide({ state }: Turn<Purse>, { body: coin }: Letter<string>): Promise<Decision<Purse>> {
    const value = await this.host.redis.client.hget(this.table, coin);
    if (value === null) return { state: { ...state, late: state.late + 1 } };
    return {
      state: { ...state, coins: [...state.coins, coin] },
      writes: [
        ['REQUIRE', this.table, coin, value],
        ['HDEL', this.table, coin],
      ],
    };
  }
}

/** Decides upon what changes between its look and its commit, so often that it would count as failed. */
class UnluckyKind implements ActorKind<{ readonly runs: number }, string> {
  readonly kind = 'unlucky';
  readonly queue = 'unlucky';
  readonly stateVersion = 1;
  readonly maxAttempts = 3;
  host!: ActorHost;
  private runs = 0;

  constructor(private readonly table: string) {}

  initial = () => ({ runs: 0 });

  async decide(): Promise<Decision<{ readonly runs: number }>> {
    this.runs += 1;
    if (this.runs === 7) throw new Error('this once');
    const seen = (await this.host.redis.client.hget(this.table, 'turn')) ?? '';
    if (this.runs < 7) await this.host.redis.client.hset(this.table, 'turn', this.runs);
    return { state: { runs: this.runs }, writes: [['REQUIRE', this.table, 'turn', seen]] };
  }
}

/** Counts lines in a list beside it: `line` adds one, `count` reads how many there are. */
class ReaderKind implements ActorKind<{ readonly counts: readonly number[] }, 'wait' | 'line' | 'count'> {
  readonly kind = 'reader';
  readonly queue = 'readers';
  readonly stateVersion = 1;
  host!: ActorHost;
  goOn: () => void = () => undefined;

  constructor(readonly list: string) {}

  initial = () => ({ counts: [] });

  looksBack = ({ body }: Letter<string>) => body === 'count';

  async decide(
    { state }: Turn<{ readonly counts: readonly number[] }>,
    { body }: Letter<'wait' | 'line' | 'count'>,
  ): Promise<Decision<{ readonly counts: readonly number[] }>> {
    if (body === 'line') return { state, writes: [['RPUSH', this.list, 'line']] };
    if (body === 'count') return { state: { counts: [...state.counts, await this.host.redis.client.llen(this.list)] } };
    await new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
    return { state };
  }
}

describe('A decision that looks back', () => {
  it('finds what the letters before it have written, also where they wait together', async () => {
    const prefix = privateRedis.newPrefix();
    const kind = new ReaderKind(`{${prefix}:p0}:lines`);
    const host = new ActorHost(privateRedis.options, prefix, [kind]);
    kind.host = host;
    await host.start();
    const bodies = ['wait', 'line', 'line', 'count', 'line', 'count', 'count'];
    for (const [at, body] of bodies.entries())
      await host.mail.tell([{ to: { kind: 'reader', id: 'one' }, id: `letter ${at}`, body }]);
    const counts = await until('all to be counted', async () => {
      kind.goOn();
      const state = await host.state<{ counts: number[] }>('reader', 'one');
      return state?.counts.length === 3 && state.counts;
    });
    assert.deepEqual(counts, [2, 3, 3]);
    await host.stop();
  });
});

describe('What a decision requires of what actors share', () => {
  const prefix = privateRedis.newPrefix();
  let hosts: ActorHost[];
  let table: string;

  before(async () => {
    hosts = [0, 1].map(() => {
      const kinds = [new TakerKind(`{${prefix}:p0}:table`), new UnluckyKind(`{${prefix}:p0}:luck`)] as const;
      const host = new ActorHost(privateRedis.options, prefix, [...kinds]);
      for (const kind of kinds) kind.host = host;
      return host;
    });
    table = `{${prefix}:p0}:table`;
    await Promise.all(hosts.map((host) => host.start()));
  });
  after(() => Promise.all(hosts.map((host) => host.stop())));

  it('holds at the commit: of many who saw it one takes it, and the others decide anew', async () => {
    const [host] = hosts as [ActorHost];
    const coins = Array.from({ length: 10 }, (_, at) => `coin ${at}`);
    const actors = Array.from({ length: 8 }, (_, at) => `t${at}`);
    await host.redis.client.hset(table, Object.fromEntries(coins.map((coin) => [coin, `of ${coin}`])));
    await Promise.all(
      actors.flatMap((id) =>
        coins.flatMap((coin) =>
          // Twice: the second of one turn must see that the first took it.
          ['a', 'b'].map((again) =>
            hosts[coin.length % 2]!.mail.tell([{ to: { kind: 'taker', id }, id: `${coin}${again}`, body: coin }]),
          ),
        ),
      ),
    );
    const quiet = async () => (await host.redis.client.zcard(host.keys.mail())) === 0;
    await until('every letter to be handled', quiet);
    const purses = await Promise.all(actors.map((id) => host.state<Purse>('taker', id)));
    assert.deepEqual(purses.flatMap((purse) => purse!.coins).sort(), coins);
    assert.equal(
      purses.reduce((sum, purse) => sum + purse!.coins.length + purse!.late, 0),
      actors.length * coins.length * 2,
    );
    assert.equal(await host.redis.client.exists(host.keys.deadLetters()), 0);
  });

  it('is no failure of the letter where it does not hold: the letter keeps its attempts', async () => {
    const [host] = hosts as [ActorHost];
    await host.mail.tell([{ to: { kind: 'unlucky', id: 'one' }, id: 'letter', body: '' }]);
    await until('the letter to be handled', () => host.state<{ runs: number }>('unlucky', 'one'));
    assert.equal(await host.redis.client.exists(host.keys.deadLetters()), 0);
    assert.equal(await host.redis.client.exists(host.keys.attempts('unlucky', 'one')), 0);
  });
});
