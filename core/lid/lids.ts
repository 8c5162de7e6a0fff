import { createHmac, randomBytes } from 'node:crypto';
import { inject, injectable } from 'inversify';
import type { Write } from '../contract/actor-kind.js';
import { Clock } from '../contract/clock.js';
import type { JsonObject } from '../contract/json.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 95 bits: short enough for a link, far too many to try. */
const LENGTH = 16;

interface LidRecord {
  readonly v: 1;
  readonly data: JsonObject;
  readonly expiresAtMs: number;
}

export interface StoredLid {
  readonly lid: string;
  readonly data: JsonObject;
  /** ISO 8601. */
  readonly expires_at: string;
}

/** LIDs: short ids, of 16 letters and digits, for stored data with a time to live. They stand in links, so they cannot be guessed. */
@injectable()
export class Lids {
  private secret: string | undefined;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  /** The LID of something that has an id of its own: the same again for the same id, so that a turn may run twice. */
  async lidOf(...id: readonly string[]): Promise<string> {
    this.secret ??= await this.sharedSecret();
    let rest = BigInt(`0x${createHmac('sha256', this.secret).update(id.join('\n')).digest('hex')}`);
    let lid = '';
    for (let at = 0; at < LENGTH; at++) {
      lid += ALPHABET[Number(rest % 62n)];
      rest /= 62n;
    }
    return lid;
  }

  /** What a turn commits to keep `data` under the LID for `ttlMs` from `nowMs` on, the turn's time. */
  writes(lid: string, data: JsonObject, ttlMs: number, nowMs: number): Write[] {
    const record: LidRecord = { v: 1, data, expiresAtMs: nowMs + ttlMs };
    return [['SET', this.keys.lid(lid), JSON.stringify(record), 'PX', ttlMs]];
  }

  /** Undefined where there is none, or its time is over. */
  async read(lid: string): Promise<StoredLid | undefined> {
    const text = await this.redis.client.get(this.keys.lid(lid));
    if (text === null) return undefined;
    const { v, data, expiresAtMs } = JSON.parse(text) as LidRecord;
    if (v !== 1) throw new StubwireError('internal', `A LID is stored as version ${v}; this program reads version 1.`);
    // Redis drops the record by its own clock, which the emulator cannot move.
    if (expiresAtMs <= (await this.clock.nowMs())) return undefined;
    return { lid, data, expires_at: new Date(expiresAtMs).toISOString() };
  }

  /** Of this installation, made by whoever comes first. */
  private async sharedSecret(): Promise<string> {
    await this.redis.client.set(this.keys.lidSecret(), randomBytes(32).toString('hex'), 'NX');
    return (await this.redis.client.get(this.keys.lidSecret()))!;
  }
}
