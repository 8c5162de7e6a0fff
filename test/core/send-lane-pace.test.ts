import assert from 'node:assert/strict';
import { QueuePace, receivedWrite } from '../../core/queue/queue-pace.js';
import { Queues } from '../../core/queue/queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { privateRedis } from '../support/private-redis.js';

const QUEUE = 'whatsapp-send-main';

describe('The pace of a queue', () => {
  let redis: RedisConnection;
  let queues: Queues;
  let pace: QueuePace;
  let keys: Keys;

  beforeEach(() => {
    const prefix = privateRedis.newPrefix();
    keys = new Keys(prefix);
    redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
    queues = new Queues(redis, keys);
    pace = new QueuePace(queues, redis, keys);
  });
  afterEach(async () => {
    await queues.close();
    await redis.close();
  });

  /** Turns per second that BullMQ lets start now. */
  const inForce = async () => {
    const { max, duration } = (await queues.get(QUEUE).getGlobalRateLimit())!;
    return Math.round((1_000 * max) / duration);
  };
  const stored = async () => (await pace.lowered(QUEUE))?.perSecond;

  it('is halved for a minute, then rises step by step to what is configured', async () => {
    await pace.begin(QUEUE, 80);
    assert.equal(await inForce(), 80);
    await pace.lower(QUEUE, 80, 0);
    const course: number[] = [];
    for (const atMs of [0, 59_999, 60_000, 89_999, 90_000]) {
      await pace.tend(atMs);
      course.push(await inForce());
    }
    assert.deepEqual(course, [40, 40, 60, 60, 80]);
    assert.equal(await stored(), undefined, 'nothing is left of it');
  });

  it('is lowered once for refusals that come together, and further for those that come later', async () => {
    await pace.begin(QUEUE, 80);
    await Promise.all(Array.from({ length: 20 }, (_, at) => pace.lower(QUEUE, 80, 1_000 + at)));
    assert.equal(await inForce(), 40);
    await pace.lower(QUEUE, 80, 20_000);
    assert.equal(await inForce(), 20);
    for (let times = 1; times < 12; times += 1) await pace.lower(QUEUE, 80, 20_000 + times * 20_000);
    assert.equal(await inForce(), 1, 'never nothing');
  });

  it('stays lowered when another process starts, and follows a configuration that says less', async () => {
    await pace.begin(QUEUE, 80);
    await pace.lower(QUEUE, 80, 0);
    await pace.begin(QUEUE, 80);
    assert.equal(await inForce(), 40);
    await pace.begin(QUEUE, 10);
    assert.deepEqual([await inForce(), await stored()], [10, 10]);
  });

  it('subtracts recently received messages, but keeps some rate for sending', async () => {
    const receive = async (count: number, atMs: number) => {
      const [, key, piece] = receivedWrite(keys, QUEUE, atMs);
      await redis.client.hincrby(key, String(piece), count);
    };
    const paceAt = async (atMs: number) => {
      await pace.tend(atMs);
      assert.equal(await pace.perSecond(QUEUE, 80, atMs), await inForce(), 'what is shown is in force');
      return inForce();
    };
    await pace.begin(QUEUE, 80);
    await receive(205, 101_000); // 21 a second
    assert.equal(await paceAt(102_000), 59);
    assert.equal(await paceAt(119_999), 59);
    assert.equal(await paceAt(120_000), 80, 'it was long ago');
    assert.equal(await redis.client.exists(keys.receivedMessages(QUEUE)), 0, 'and is forgotten');

    await receive(3_000, 125_000);
    assert.equal(await paceAt(125_000), 8, 'a tenth is left');
    await pace.lower(QUEUE, 80, 200_000);
    await receive(100, 201_000);
    assert.equal(await paceAt(201_000), 40, 'there is room for the lowered rate');
    await receive(400, 201_000);
    assert.equal(await paceAt(201_000), 30);
  });

  it('is put right after a process died between noting it and setting it', async () => {
    await pace.begin(QUEUE, 80);
    await pace.lower(QUEUE, 80, 0);
    await queues.get(QUEUE).setGlobalRateLimit(4, 50);
    await pace.tend(1_000);
    assert.equal(await inForce(), 40);
  });
});
