import { inject, injectable } from 'inversify';
import type { ActorRef, Write } from '../contract/actor-kind.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { type Page, pageOf } from '../redis/page.js';
import { ActorMail } from './actor-mail.js';
import type { LetterFailure } from './actor-turn.js';

/** A letter that could not be handled: it stands aside, visible, and the letters behind it go on. */
export interface DeadLetter {
  readonly v: 1;
  readonly id: string;
  readonly actor: ActorRef;
  readonly letter: { readonly id: string; readonly at: string; readonly body: unknown };
  readonly error: string;
  readonly attempts: number;
  readonly died_at: string;
}

@injectable()
export class DeadLetters {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(ActorMail) private readonly mail: ActorMail,
  ) {}

  /** The writes that put a letter aside, for the commit that takes it out of the mailbox. */
  burial({ ref, letter, error, attempts }: LetterFailure, nowMs: number): Write[] {
    const id = `${ref.kind}|${ref.id}|${letter.id}`;
    const dead: DeadLetter = {
      v: 1,
      id,
      actor: ref,
      letter: { id: letter.id, at: new Date(letter.atMs).toISOString(), body: letter.body },
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      attempts,
      died_at: new Date(nowMs).toISOString(),
    };
    return [
      ['HSET', this.keys.deadLetters(), id, JSON.stringify(dead)],
      ['ZADD', this.keys.deadLetterIndex(), nowMs, id],
    ];
  }

  /** Newest first. */
  async list(cursor: string | undefined, limit: number): Promise<Page<DeadLetter>> {
    return pageOf(this.redis.client, this.keys.deadLetterIndex(), cursor, limit, async (ids) => {
      const records = await this.redis.client.hmget(this.keys.deadLetters(), ...ids);
      return records.map((record) => (record === null ? undefined : (JSON.parse(record) as DeadLetter)));
    });
  }

  /** Gives the letter to its actor once more, under an id of its own, and takes it off the list. */
  async retry(id: string): Promise<void> {
    const dead = await this.get(id);
    await this.mail.tell([
      { to: dead.actor, id: `${dead.letter.id}:retry:${Date.parse(dead.died_at)}`, body: dead.letter.body },
    ]);
    await this.remove(id);
  }

  async drop(id: string): Promise<void> {
    await this.get(id);
    await this.remove(id);
  }

  count(): Promise<number> {
    return this.redis.client.zcard(this.keys.deadLetterIndex());
  }

  private async get(id: string): Promise<DeadLetter> {
    const record = await this.redis.client.hget(this.keys.deadLetters(), id);
    if (!record)
      throw new StubwireError('item_unknown', `There is no dead letter "${id}". GET /api/dead-letters lists them.`);
    return JSON.parse(record) as DeadLetter;
  }

  private async remove(id: string): Promise<void> {
    await this.redis.client.multi().zrem(this.keys.deadLetterIndex(), id).hdel(this.keys.deadLetters(), id).exec();
  }
}
