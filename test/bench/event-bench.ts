import { chooseHandlers } from '../../core/heimdall/handler-choice.js';
import { registrationWrites, type StoredRegistration } from '../../core/heimdall/registration.js';
import { Registrations } from '../../core/heimdall/registrations.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { Templates } from '../../core/template/templates.js';
import { PrivateRedis } from '../support/private-redis.js';
import { median, table } from './figures.js';

const REGISTRATIONS = 100_000;
const EVENTS = 20_000;
const ROUNDS = 5;
/** What finding the handlers of an event may take, µs. */
const TARGET_MICROSECONDS = 50;

const root = 'stubber.systems.notifications.whatsapp.incoming';
const number = (at: number): string => `2782${String(at).padStart(7, '0')}`;

/** One in ten of each: a client's messages, a command's, a minute's, answers to a question; the rest wait for a client on any profile. */
function registration(at: number): StoredRegistration {
  const paths = [
    `${root}.main.from.${number(at)}`,
    `${root}.main.command.run.target.${at}.*`,
    `global.time.minute.2030${String(at % 10_000).padStart(8, '0')}00`,
    `${root}.main.specificreplyuuid.${at}`,
  ];
  return {
    v: 1,
    uuid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    registration_name: `registration ${at}`,
    on_trigger_method: at % 2 ? 'keep' : 'remove',
    events: { it: { path: paths[at % 10] ?? `${root}.#.from.${number(at)}`, mechanism: at % 3 ? 'cbh' : 'evt' } },
    trigger_stubaction: { stubref: `2026-11-22-AAAA-${at}`, action_name: 'note', message: 'It came.', data: { n: at } },
    registered_at: '2026-11-22T09:30:00.000Z',
  };
}

const microsecondsEach = (work: (at: number) => unknown): number => {
  const from = performance.now();
  for (let at = 0; at < EVENTS; at++) work(at);
  return ((performance.now() - from) * 1_000) / EVENTS;
};

/** Finding who takes an event among 100,000 registrations, beside parsing the event's JSON and one look-up a segment in a Map. */
export async function eventBench(): Promise<{ readonly table: string; readonly reached: boolean }> {
  const server = await new PrivateRedis().start();
  const redis = new RedisConnection(new RedisTarget(server.options, 'bench'));
  try {
    const keys = new Keys('bench');
    for (let from = 0; from < REGISTRATIONS; from += 1_000) {
      const batch = redis.client.pipeline();
      for (let at = from; at < from + 1_000; at++)
        for (const [command, ...args] of registrationWrites(keys, registration(at)))
          batch.call(command, ...args.map(String));
      await batch.exec();
    }
    const registrations = new Registrations(new Templates(), redis, keys);
    const began = performance.now();
    await registrations.fresh();
    const loadedMs = performance.now() - began;

    const nowMs = Date.parse('2026-11-22T10:00:00Z');
    const paths = Array.from({ length: EVENTS }, (_, at) => `${root}.main.from.${number((at * 7) % REGISTRATIONS)}`);
    const texts = paths.map((path) => JSON.stringify({ path, message: 'Where is my parcel?', from: path.slice(-11) }));
    const segments = new Map(paths.flatMap((path) => path.split('.').map((segment) => [segment, segment] as const)));
    let found = 0;
    const work = {
      match: (at: number) => {
        found += chooseHandlers(registrations.claims([paths[at]!], nowMs), '*', 'event').taken.length;
      },
      parse: (at: number) => JSON.parse(texts[at]!) as unknown,
      lookUps: (at: number) => paths[at]!.split('.').map((segment) => segments.get(segment)),
    };
    const each: { [Name in keyof typeof work]: number[] } = { match: [], parse: [], lookUps: [] };
    for (let round = 0; round < ROUNDS; round++)
      for (const name of Object.keys(work) as (keyof typeof work)[]) each[name].push(microsecondsEach(work[name]));
    const fresh: number[] = [];
    for (let at = 0; at < 500; at++) {
      const from = performance.now();
      await registrations.fresh();
      fresh.push((performance.now() - from) * 1_000);
    }
    const lookedAt = performance.now();
    for (let at = 0; at < 100; at++) registrations.ofClock(nowMs);
    const clockMicroseconds = ((performance.now() - lookedAt) * 1_000) / 100;
    if (found === 0) throw new Error('nothing matched');
    const [match, parse, lookUps] = [median(each.match), median(each.parse), median(each.lookUps)];
    const reached = match < TARGET_MICROSECONDS;
    return {
      reached,
      table: table([
        [`${REGISTRATIONS.toLocaleString('en')} registrations`, 'µs', 'of parsing', 'of look-ups'],
        ['who takes an event', match.toFixed(2), (match / parse).toFixed(2), (match / lookUps).toFixed(2)],
        ['parsing the event’s JSON', parse.toFixed(2), '1.00', (parse / lookUps).toFixed(2)],
        ['a look-up in a Map for each segment', lookUps.toFixed(2), (lookUps / parse).toFixed(2), '1.00'],
        ['asking Redis whether anything changed', median(fresh).toFixed(0), '', ''],
        [
          `the clock’s look at those that wait for minutes (${REGISTRATIONS / 10})`,
          clockMicroseconds.toFixed(0),
          '',
          '',
        ],
        ['reading them all at the start, ms', loadedMs.toFixed(0), '', ''],
        [
          `${reached ? 'reached' : 'MISSED '}  target: who takes an event in under`,
          String(TARGET_MICROSECONDS),
          '',
          '',
        ],
      ]),
    };
  } finally {
    await redis.close();
    await server.stop();
  }
}
