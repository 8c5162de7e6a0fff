import assert from 'node:assert/strict';
import { Redis, ReplyError } from 'ioredis';
import { z } from 'zod';
import { StubwireError } from '../../core/errors.js';
import { loggedError } from '../../core/observability/logged-error.js';
import { createLogger } from '../../core/observability/logger.js';
import { freePort } from '../support/engine-process.js';
import { privateRedis } from '../support/private-redis.js';

const NUMBER = '27825559911';
const WORDS = 'my daughter is ill';
const SECRET = 'a "secret" of the file';

/** Errors of Redis with a wrong key type, and of libraries that received a person's text. */
async function errors(): Promise<{ readonly [kind: string]: unknown }> {
  const redis = privateRedis.connect();
  const port = await freePort();
  const key = `${privateRedis.newPrefix()}:trace:main:${NUMBER}`;
  await redis.set(key, 'a text');
  const thrown = (work: () => unknown): Promise<unknown> =>
    Promise.resolve()
      .then(work)
      .then(
        () => assert.fail('nothing was thrown'),
        (error) => error,
      );
  const alone = new Redis({ path: '/nowhere', retryStrategy: null, lazyConnect: true });
  alone.on('error', () => undefined);
  const found = {
    reply: await thrown(() => redis.lpush(key, WORDS, NUMBER)),
    unknownCommand: await thrown(() => redis.call('NOSUCH', WORDS, NUMBER)),
    transaction: await thrown(() => redis.multi().call('NOSUCH', WORDS, NUMBER).exec()),
    script: await thrown(() => redis.eval(`return redis.call('LPUSH', KEYS[1], ARGV[1])`, 1, key, WORDS)),
    login: await thrown(() => redis.call('AUTH', 'nobody', SECRET)),
    closed: await thrown(() => alone.set(NUMBER, WORDS)),
    json: await thrown(() => JSON.parse(`"${WORDS}" ${NUMBER}`)),
    url: await thrown(() => new URL(`${WORDS} ${NUMBER}`)),
    date: await thrown(() => new Intl.DateTimeFormat('en', { timeZone: WORDS })),
    operator: await thrown(() => 'x' in (`${WORDS} ${NUMBER}` as unknown as object)),
    zod: await thrown(() => z.strictObject({ [NUMBER]: z.literal(WORDS) }).parse({ [NUMBER]: NUMBER, [WORDS]: WORDS })),
    fetch: await thrown(() => fetch(`http://127.0.0.1:${port}/${NUMBER}?text=${encodeURIComponent(WORDS)}`)),
    job: new Error(`Missing lock for job main-${NUMBER}-session-expired-wamid.${btoa(NUMBER)}. moveToFinished`),
    body: Object.assign(new Error(`The provider said "${WORDS}" of +27 82 555 9911`), { body: { text: WORDS } }),
    ours: new StubwireError('store_away', `No answer about ${NUMBER}.`, { details: { WORDS }, cause: WORDS }),
    aggregate: new AggregateError([Object.assign(new Error('one'), { command: { args: [WORDS] } }), new Error('two')]),
    caused: new Error('outside', { cause: Object.assign(new Error('inside'), { [WORDS]: NUMBER }) }),
    bare: { message: `nothing ${NUMBER}` },
    text: WORDS,
  };
  redis.disconnect();
  return found;
}

describe('an error in the log', () => {
  it('has its type, code, frames and causes, but no text of people', async () => {
    for (const [kind, error] of Object.entries(await errors())) {
      const written = JSON.stringify(loggedError(error));
      for (const part of [NUMBER, WORDS, SECRET, btoa(NUMBER), '82 555'])
        assert.ok(!written.includes(part), `${kind}: ${written}`);
    }
  });

  it('still says what happened', async () => {
    const { reply, transaction, unknownCommand, aggregate, caused, fetch, job } = await errors();
    assert.ok(reply instanceof ReplyError);
    const { type, message, stack } = loggedError(reply);
    assert.deepEqual(
      [type, message],
      ['ReplyError', 'WRONGTYPE Operation against a key holding the wrong kind of value'],
    );
    assert.match(stack!, /^ {4}at /);
    assert.equal(loggedError(unknownCommand).message, "ERR unknown command '…'");
    assert.match(loggedError(transaction).cause!.message!, /^ERR unknown command/);
    assert.deepEqual(
      loggedError(aggregate).errors!.map((error) => error.message),
      ['one', 'two'],
    );
    assert.equal(loggedError(caused).cause!.message, 'inside');
    assert.deepEqual([loggedError(fetch).message, loggedError(fetch).cause!.code], ['fetch failed', 'ECONNREFUSED']);
    assert.match(loggedError(job).message!, /^Missing lock for job main-\*+9911-session-expired-wamid\.…/);
    assert.equal(
      loggedError(new TypeError("Cannot read properties of undefined (reading 'x')")).message,
      'Cannot read properties of undefined',
    );
    const sha = 'bafc56a7a12345676200db48f7e121cac4b03210';
    assert.equal(loggedError(new Error(`script ${sha} at 2026-03-05`)).message, `script ${sha} at 2026-03-05`);
    const uuid = '0190b0a4-1111-7222-8333-123456789012';
    assert.equal(loggedError(new Error(`stub ${uuid}`)).message, `stub ${uuid}`);
  });

  it('ends where errors go round in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    assert.equal(loggedError(error).cause!.message, 'round');
  });
});

describe('the log', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  beforeEach(() => lines.splice(0));

  it('leaves the secrets of the configuration out of every part of a line', () => {
    const log = createLogger('trace', { secrets: [SECRET], destination });
    log.info({ url: `redis://:${SECRET}@host` }, `it is ${SECRET}`);
    log.child({ token: SECRET }).trace({ err: new StubwireError('internal', `got ${SECRET}`) });
    assert.equal(lines.length, 2);
    for (const line of lines) assert.ok(!line.includes('of the file'), line);
    assert.equal(JSON.parse(lines[0]!).msg, 'it is [secret]');
  });

  it('writes errors in one form, however they are given', () => {
    const log = createLogger('info', { destination });
    const error = Object.assign(new SyntaxError(WORDS), { command: { args: [NUMBER] } });
    log.error(error);
    log.error(error, 'said');
    log.error({ err: error }, 'said');
    log.error({ letter: `main:${NUMBER}:expired`, err: error });
    log.warn({ reason: `no answer for ${NUMBER}` }, `paused for ${NUMBER}`);
    log.warn(`paused for ${NUMBER}`);
    log.info('%d of %s', 3, 'four');
    assert.equal(JSON.parse(lines.pop()!).msg, '3 of four');
    for (const line of lines) assert.ok(!line.includes(WORDS) && !line.includes(NUMBER), `found in: ${line}`);
    assert.deepEqual(
      lines.slice(0, 4).map((line) => JSON.parse(line).err.type),
      Array(4).fill('SyntaxError'),
    );
  });
});
