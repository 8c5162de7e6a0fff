import type { Redis } from 'ioredis';
import { StubwireError } from '../errors.js';
import { storeRefusal } from './store-refusal.js';

/** What `CONFIG GET` says of the settings that matter; undefined where the server does not allow to ask. */
export interface RedisSettings {
  readonly 'maxmemory-policy'?: string;
  readonly appendonly?: string;
  readonly appendfsync?: string;
}

/** What the settings mean for us. Pure. */
export function judgeSettings(settings: RedisSettings): {
  readonly problem?: StubwireError;
  readonly warnings: readonly string[];
} {
  const policy = settings['maxmemory-policy'];
  if (policy !== undefined && policy !== 'noeviction') {
    return {
      problem: new StubwireError(
        'redis_settings_unfit',
        `Redis has maxmemory-policy "${policy}": when its memory is full it would throw stubs and messages away. ` +
          'Set it to "noeviction" (CONFIG SET maxmemory-policy noeviction, and in redis.conf).',
      ),
      warnings: [],
    };
  }
  const warnings: string[] = [];
  if (policy === undefined) {
    warnings.push(
      'Redis does not let its settings be read (CONFIG GET): make sure that maxmemory-policy is noeviction and appendonly is yes.',
    );
  } else if (settings.appendonly !== 'yes') {
    warnings.push(
      'Redis keeps no append-only file: when it crashes, all that happened since its last snapshot is lost. Set appendonly yes.',
    );
  } else if (settings.appendfsync !== 'always') {
    warnings.push(
      `Redis has appendfsync "${settings.appendfsync}": when its machine crashes, about the last second is lost, webhooks that were answered 200 included.`,
    );
  }
  return { warnings };
}

/** Asks a Redis for its settings; throws `redis_settings_unfit`, and returns the warnings to log. */
export async function checkSettings(redis: Redis): Promise<readonly string[]> {
  const { problem, warnings } = judgeSettings(await readSettings(redis));
  if (problem) throw problem;
  return warnings;
}

async function readSettings(redis: Redis): Promise<RedisSettings> {
  try {
    const answers = await Promise.all(
      ['maxmemory-policy', 'appendonly', 'appendfsync'].map((name) => redis.config('GET', name) as Promise<unknown>),
    );
    return Object.assign({}, ...answers.map(asRecord));
  } catch (error) {
    const { name, message } = error as Error;
    // The command is forbidden or renamed, as on many hosted servers. A server that refuses all work is an error.
    if (name === 'ReplyError' && (message.startsWith('NOPERM') || !storeRefusal(error))) return {};
    throw error;
  }
}

/** RESP2 answers a list of names and values, RESP3 a map. */
function asRecord(answer: unknown): Record<string, string> {
  if (!Array.isArray(answer)) return answer as Record<string, string>;
  return answer.length === 0 ? {} : { [answer[0]]: answer[1] };
}
