import { existsSync, readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Container } from 'inversify';
import type { HostConfig } from '../config/host-config.js';
import { formatProblems } from '../config/problem.js';
import type { JsonObject } from '../contract/json.js';
import { type DryRunView, hasFailure } from '../dry-run/dry-run-view.js';
import { DryRuns } from '../dry-run/dry-runs.js';
import { dryRunText, postText } from '../dry-run/run-text.js';
import { ProblemsError, StubwireError } from '../errors.js';
import { assemble } from '../host/assemble.js';
import { readConfig } from '../host/read-config.js';
import { RedisSource } from '../host/redis-source.js';
import { HostAddress } from '../http/host-address.js';
import { LinkKeys } from '../link/link-keys.js';
import { createLogger } from '../observability/logger.js';
import { Queues } from '../queue/queues.js';
import { TurnQueues } from '../queue/turn-queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { RedisTarget } from '../redis/redis-target.js';
import { storeRefusal } from '../redis/store-refusal.js';
import { ContactBook } from '../stub/contact-book.js';
import { StubActor } from '../stub/stub-actor.js';
import { type RunRequest, StubDesk } from '../stub/stub-desk.js';
import { ConditionRunner } from '../template/conditions.js';
import { COULD_NOT_RUN, type CommandContext, configOption, wholeNumber } from './command-context.js';

/** `stubwire run`. */
export const runCommand = ({ end }: CommandContext): Command =>
  new Command('run')
    .description('run an action on a stub of the program that works on the same Redis, and print its stubpost')
    .argument('<stubref>', 'the stub')
    .argument('<action>', 'the action')
    .addOption(configOption())
    .option('--message <text>', 'the message of the stubpost')
    .option('--data <json>', 'its data: a JSON object, or @ and the name of a file with one')
    .option('--posted-by <contactuuid>', 'the contact in whose name it runs')
    .option('--dry-run', 'show what would happen; send, store and call nothing')
    .option('--wait <ms>', 'how long to wait for the stubpost', wholeNumber, 10_000)
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .exitOverride()
    .action(async (stubref: string, action: string, options: Omit<RunOptions, 'stubref' | 'action'>) => {
      end(await printedRun({ ...options, stubref, action }));
    });

/** 0: done; 1: refused, or a step failed; 2: nobody could be asked, or it has not run yet. */
async function printedRun(options: RunOptions): Promise<number> {
  try {
    const { text, exitCode } = await run(options);
    console.log(text);
    return exitCode;
  } catch (error) {
    const shown = error instanceof CouldNotRun ? error.cause : error;
    if (!(shown instanceof StubwireError || shown instanceof ProblemsError)) throw error;
    console.error(formatProblems(shown));
    const wasAsked = shown === error && shown instanceof StubwireError && shown.code !== 'store_away';
    return wasAsked ? 1 : COULD_NOT_RUN;
  }
}

/** How long Redis has to answer, ms. */
const REDIS_MS = 3_000;
const MAX_DATA_BYTES = 1_000_000;

export interface RunOptions {
  readonly config: string;
  readonly stubref: string;
  readonly action: string;
  readonly message?: string;
  /** A JSON object, or `@` and the name of a file with one. */
  readonly data?: string;
  /** A contactuuid. */
  readonly postedBy?: string;
  readonly dryRun?: true;
  /** How long to wait for the stubpost, ms. */
  readonly wait: number;
  readonly format: 'text' | 'json';
}

export interface RunReport {
  readonly text: string;
  /** 0: done. 1: a step failed. 2: stored, and not run within the wait. */
  readonly exitCode: 0 | 1 | 2;
}

/** Why nothing was asked of the stub at all. */
export class CouldNotRun extends Error {
  constructor(override readonly cause: StubwireError) {
    super(cause.message);
  }
}

/**
 * `stubwire run`: an action on a stub, through the mailbox that a program on the same Redis works on, or a look at what it
 * would do. Throws what the run is refused with; `CouldNotRun` where nobody could be asked.
 */
export async function run(options: RunOptions): Promise<RunReport> {
  const data = options.data === undefined ? undefined : dataOf(options.data);
  const config = await readConfig(options.config);
  const log = createLogger('silent');
  const container = await assemble({ config, log, target: new RedisSource(config.redis, log).target });
  try {
    await requireRedis(config, container);
    await learnAddress(container);
    const request = await requestOf(options, data, container);
    return await (options.dryRun ? foresee(options, request, container) : ask(options, request, container));
  } finally {
    await container.get(ConditionRunner).stop();
    await container.get(Queues).close();
    await container.get(RedisConnection).close();
  }
}

async function foresee(
  { stubref, action, format }: RunOptions,
  request: RunRequest,
  container: Container,
): Promise<RunReport> {
  const view: DryRunView = await container.get(DryRuns).of(stubref, action, request);
  const text = format === 'json' ? JSON.stringify(view, null, 2) : dryRunText(view);
  return { text, exitCode: hasFailure(view.stubpost) ? 1 : 0 };
}

async function ask(
  { stubref, action, format, wait }: RunOptions,
  request: RunRequest,
  container: Container,
): Promise<RunReport> {
  const desk = container.get(StubDesk);
  await desk.asked(stubref, action, request); // a refusal is the better answer where nobody works either
  if (!(await container.get(TurnQueues).hasWorkers(container.get(StubActor).queue)))
    throw couldNotRun(
      'No program works on this Redis, so the action would not run; nothing was stored. Start one with "npm start" (--role all or worker), or look with --dry-run.',
    );
  const { stubpostuuid } = await desk.run(stubref, action, request);
  const post = await desk.awaitPost(stubpostuuid, wait);
  if (!post) {
    const waiting = `The run is stored and has not come to its turn within ${wait} ms. It stays stored; its stubpost will be ${stubpostuuid}.`;
    return { text: format === 'json' ? JSON.stringify({ stubpostuuid }) : waiting, exitCode: 2 };
  }
  const text = format === 'json' ? JSON.stringify(post, null, 2) : postText(post);
  return { text, exitCode: hasFailure(post) ? 1 : 0 };
}

async function requireRedis({ redis }: HostConfig, container: Container): Promise<void> {
  const { options } = container.get(RedisTarget);
  if (redis.url === '' && !existsSync(options.path!))
    throw couldNotRun(`No program runs on ${redis.data_dir}, where the stubs are. Start it with "npm start".`);
  const connection = container.get(RedisConnection);
  try {
    await connection.orAway(connection.client.ping(), REDIS_MS);
  } catch (error) {
    if (!(error instanceof StubwireError)) throw error;
    if (storeRefusal(error)) throw new CouldNotRun(error);
    throw couldNotRun(
      `The Redis of the stubs does not answer within ${REDIS_MS} ms. Start the program, or mend redis.url.`,
    );
  }
}

/** A dry run shows the links and addresses that the program would use. */
async function learnAddress(container: Container): Promise<void> {
  await container.get(LinkKeys).load();
  const connection = container.get(RedisConnection);
  const reached = await connection.orAway(connection.client.hgetall(container.get(Keys).hostAddress()));
  if (reached['url'] !== undefined) container.get(HostAddress).runningAt(reached['url'], reached['public_url']!);
}

async function requestOf(
  { message, postedBy }: RunOptions,
  data: JsonObject | undefined,
  container: Container,
): Promise<RunRequest> {
  if (postedBy !== undefined && !(await container.get(ContactBook).get(postedBy)))
    throw new StubwireError('contact_unknown', `--posted-by names "${postedBy}", and no contact has this contactuuid.`);
  return {
    ...(message !== undefined && { message }),
    ...(data && { data }),
    ...(postedBy !== undefined && { posted_by: { contactuuid: postedBy } }),
  };
}

function dataOf(given: string): JsonObject {
  let text = given;
  if (given.startsWith('@')) {
    try {
      text = readFileSync(given.slice(1), 'utf8');
    } catch (error) {
      throw invalidData(
        `--data names the file "${given.slice(1)}", which cannot be read: ${(error as Error).message}.`,
      );
    }
  }
  if (text.length > MAX_DATA_BYTES)
    throw invalidData(`--data has ${text.length} characters; at most ${MAX_DATA_BYTES} are taken.`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // said below: no JSON and no object want the same
  }
  throw invalidData(`--data takes a JSON object, such as '{"eta": "at 15:00"}', or @ and the name of a file with one.`);
}

const invalidData = (message: string): CouldNotRun => new CouldNotRun(new StubwireError('body_invalid', message));
const couldNotRun = (message: string): CouldNotRun => new CouldNotRun(new StubwireError('not_running', message));
