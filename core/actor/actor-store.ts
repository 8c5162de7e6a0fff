import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import type { ActorRef, Letter, Tell, Timer, Write } from '../contract/actor-kind.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';
import { SEEN_MS } from './actor-mail.js';

const openScript = new Script(new URL('./scripts/open-turn.lua', import.meta.url));
const commitScript = new Script(new URL('./scripts/commit.lua', import.meta.url));

/** What a commit promised to do and that is not yet done. */
export type OutboxEntry =
  | { readonly timer: Timer }
  | { readonly call: { readonly id: string; readonly task: unknown } };

export interface OpenedTurn {
  readonly nowMs: number;
  readonly version: number;
  /** `undefined`: the actor has no state yet. */
  readonly record: unknown;
  readonly letters: readonly Letter<unknown>[];
  /** Runs begun of each letter, this one included. */
  readonly attempts: readonly number[];
  readonly outbox: readonly OutboxEntry[];
}

/** One step to commit. */
export interface Step {
  readonly version: number;
  readonly state: 'keep' | 'forget' | { readonly record: unknown };
  readonly letterIds: readonly string[];
  /** Letters that the turn took and came to no more. */
  readonly unreachedIds?: readonly string[];
  readonly outboxDone: number;
  readonly outbox: readonly OutboxEntry[];
  readonly tells: readonly Tell[];
  readonly writes: readonly Write[];
  readonly wakeAtMs: number | undefined;
}

export interface Committed {
  readonly version: number;
  readonly lettersLeft: number;
  readonly nowMs: number;
  /** Positions of tells whose actors have letters waiting already: whoever stored the first of those wakes them. */
  readonly awake: readonly number[];
}

/** The actor, or what its decision requires, has moved on since the turn was opened: open the turn again. */
export class FenceError extends Error {
  override readonly name = 'FenceError';
}

/** Reads and writes actors: the two scripts of a turn. */
@injectable()
export class ActorStore {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async open({ kind, id }: ActorRef, lettersAtMost: number): Promise<OpenedTurn> {
    const { keys } = this;
    const names = [
      keys.actor(kind, id),
      keys.mailbox(kind, id),
      keys.outbox(kind, id),
      keys.attempts(kind, id),
      keys.clockOffset(),
    ];
    const answer = await openScript.run(this.redis.client, names, [lettersAtMost]);
    const [nowMs, version, record, letters, attempts, outbox] = answer as [
      string,
      string,
      string | null,
      string[],
      number[],
      string[],
    ];
    return {
      nowMs: Number(nowMs),
      version: Number(version),
      record: record === null ? undefined : JSON.parse(record),
      letters: letters.map(parseLetter),
      attempts,
      outbox: outbox.map((entry) => JSON.parse(entry) as OutboxEntry),
    };
  }

  async commit({ kind, id }: ActorRef, step: Step): Promise<Committed> {
    const { keys } = this;
    const names = [
      keys.actor(kind, id),
      keys.mailbox(kind, id),
      keys.outbox(kind, id),
      keys.attempts(kind, id),
      keys.mail(),
      keys.clockOffset(),
    ];
    const nameIndex = (name: string) => names.push(name);
    const { state } = step;
    const args: (string | number)[] = [
      `${kind}|${id}`,
      step.version,
      randomUUID(),
      typeof state === 'string' ? state : 'set',
      typeof state === 'string' ? '' : JSON.stringify(state.record),
      step.wakeAtMs ?? '',
      step.outboxDone,
      SEEN_MS,
    ];
    const requirements = step.writes.filter(isRequirement);
    args.push(requirements.length);
    for (const [, key, ...fieldAndValue] of requirements) args.push(nameIndex(key), ...fieldAndValue);
    args.push(step.letterIds.length, ...step.letterIds);
    const { unreachedIds = [] } = step;
    args.push(unreachedIds.length, ...unreachedIds);
    args.push(step.outbox.length, ...step.outbox.map((entry) => JSON.stringify(entry)));
    args.push(step.tells.length);
    for (const { to, id: letterId, body, urgent } of step.tells) {
      args.push(nameIndex(keys.mailbox(to.kind, to.id)), nameIndex(keys.seen(to.kind, to.id, letterId)));
      args.push(`${to.kind}|${to.id}`, letterId, JSON.stringify(body), urgent ? '1' : '0');
    }
    const commands = step.writes.filter((write) => !isRequirement(write));
    args.push(commands.length);
    for (const [command, key, ...rest] of commands) args.push(rest.length, command, nameIndex(key), ...rest);

    const answer = (await commitScript.run(this.redis.client, names, args)) as [
      number,
      number,
      number,
      string,
      number[]?,
    ];
    if (answer[0] === 0)
      throw new FenceError(`${kind} has moved on since version ${step.version}, or what it requires has`);
    return { version: answer[1], lettersLeft: answer[2], nowMs: Number(answer[3]), awake: answer[4] ?? [] };
  }

  /** The state as stored, to be looked at; undefined where there is none. */
  async record({ kind, id }: ActorRef): Promise<unknown> {
    const record = await this.redis.client.hget(this.keys.actor(kind, id), 'state');
    return record === null ? undefined : JSON.parse(record);
  }

  /**
   * Postpones a letter until a time of the product clock. The attempt does not count, and the sweeper ignores the actor until
   * then. If a crash loses this write, the attempt counts as failed.
   */
  async putOff({ kind, id }: ActorRef, letterId: string, untilMs: number): Promise<void> {
    await this.redis.client
      .multi()
      .hincrby(this.keys.attempts(kind, id), letterId, -1)
      .zadd(this.keys.mail(), 'XX', untilMs, `${kind}|${id}`)
      .exec();
  }
}

/** A condition of the commit, not a command. */
export const isRequirement = ([command]: Write): boolean => command === 'REQUIRE';

function parseLetter(raw: string): Letter<unknown> {
  const idEnd = raw.indexOf('\n');
  const atEnd = raw.indexOf('\n', idEnd + 1);
  return { id: raw.slice(0, idEnd), atMs: Number(raw.slice(idEnd + 1, atEnd)), body: JSON.parse(raw.slice(atEnd + 1)) };
}
