#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { formatProblems, shownFile } from './config/problem.js';
import { ProblemsError, StubwireError } from './errors.js';
import { boot, type Program, type Role } from './host/boot.js';
import { CHECK_FORMATS, type CheckFormat, check } from './host/check.js';
import { doctor } from './host/doctor.js';
import { CouldNotRun, type RunOptions, run } from './host/run-command.js';
import { schema } from './host/schema.js';
import { STORY_FORMATS, type StoryFormat, testStories } from './host/test-stories.js';
import { painted } from './story/story-colors.js';

/** What the set-up of a fresh machine adds to the command line. */
export interface MainOptions {
  /** Installs a Redis server program where there is none. */
  readonly provideRedis?: () => void;
}

const DEFAULT_CONFIG = 'config/stubwire.yaml';
/** A Ctrl-C reaches us twice when npm passes on what the terminal has sent to all. */
const SAME_SIGNAL_MS = 500;

/** Exit code of a check that was not made: an option that is none, a configuration that is wrong. */
const COULD_NOT_RUN = 2;

const NOT_YET = {
  new: 'makes the frame of a channel',
};

/** The command line. Resolves with the exit code: 0, or 1 with the problems on standard error. */
export async function main(
  args: readonly string[],
  { provideRedis = () => undefined }: MainOptions = {},
): Promise<number> {
  let exitCode = 0;
  const program = new Command('stubwire').description('Runs stubs from YAML templates and talks to people about them.');
  const config = () => new Option('--config <file>', 'the configuration of the host').default(DEFAULT_CONFIG);

  program
    .command('start')
    .description('start the host')
    .addOption(config())
    .option('--port <number>', 'listen here instead of http.port', portNumber)
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']).default('all'))
    .action((options: { config: string; port?: number; role: Role }) => start({ ...options, provideRedis }));
  program
    .command('check')
    .description('check the configuration, the plugins and stub templates, and start nothing')
    .argument('[files...]', 'stub templates, or folders of them; without: those of the configuration')
    .addOption(config())
    .addOption(new Option('--format <format>', 'how to print what is found').choices(CHECK_FORMATS).default('text'))
    .option('--max-warnings <number>', 'end with exit code 1 when there are more', wholeNumber)
    .option('--strict', 'as --max-warnings 0')
    .exitOverride()
    .action(async (files: string[], options: CheckFlags) => {
      exitCode = await orCouldNotRun(() => runCheck(files, options));
    });
  program
    .command('test')
    .description('play the stories that stand beside stub templates, on emulators and a Redis of their own')
    .argument('[files...]', 'story files (*.test.yaml), or folders of them; without: those beside the templates')
    .addOption(config())
    .addOption(new Option('--format <format>', 'how to print what came of them').choices(STORY_FORMATS).default('text'))
    .option('--grep <pattern>', 'only stories whose file or sentence matches this regular expression', regExp)
    .exitOverride()
    .action(async (files: string[], options: TestFlags) => {
      const ending = new AbortController();
      void stopSignal().then(() => ending.abort());
      const inColor = options.format === 'text' && process.stdout.isTTY && process.stdout.hasColors();
      const print = (text: string) => console.log(inColor ? painted(text) : text);
      const whole = { ...options, files, provideRedis, print, interrupted: ending.signal };
      exitCode = await orCouldNotRun(() => testStories(whole));
    });
  program
    .command('doctor')
    .description('look at the installation and at what it reaches, and start nothing')
    .addOption(config())
    .action(async (options: { config: string }) => {
      const { text, hasProblem } = await doctor(options.config);
      console.log(text);
      if (hasProblem) exitCode = 1;
    });
  program
    .command('schema')
    .description('print the JSON Schema of stub templates, for editors, with what the plugins bring')
    .addOption(config())
    .option('--out <file>', 'write it there, as a whole or not at all')
    .option('--stories', 'the schema of stories (*.test.yaml) instead')
    .action(async (options: { config: string; out?: string; stories?: true }) => {
      process.stdout.write(await schema(options));
    });
  program
    .command('run')
    .description('run an action on a stub of the program that works on the same Redis, and print its stubpost')
    .argument('<stubref>', 'the stub')
    .argument('<action>', 'the action')
    .addOption(config())
    .option('--message <text>', 'the message of the stubpost')
    .option('--data <json>', 'its data: a JSON object, or @ and the name of a file with one')
    .option('--posted-by <contactuuid>', 'the contact in whose name it runs')
    .option('--dry-run', 'show what would happen; send, store and call nothing')
    .option('--wait <ms>', 'how long to wait for the stubpost', wholeNumber, 10_000)
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .exitOverride()
    .action(async (stubref: string, action: string, options: Omit<RunOptions, 'stubref' | 'action'>) => {
      exitCode = await runAction({ ...options, stubref, action });
    });
  for (const [name, description] of Object.entries(NOT_YET)) {
    program
      .command(name)
      .description(`${description} (not built yet)`)
      .allowUnknownOption()
      .argument('[args...]')
      .action(() => {
        throw new StubwireError(
          'not_yet',
          `"stubwire ${name}" ${description}; it is documented, and not built yet in this version.`,
        );
      });
  }

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_RUN; // of commands that override the exit
    if (!(error instanceof StubwireError || error instanceof ProblemsError)) throw error;
    console.error(formatProblems(error));
    return 1;
  }
}

interface CheckFlags {
  readonly config: string;
  readonly format: CheckFormat;
  readonly maxWarnings?: number;
  readonly strict?: true;
}

interface TestFlags {
  readonly config: string;
  readonly format: StoryFormat;
  readonly grep?: RegExp;
}

/** 0: clean; 1: errors, or more warnings than allowed. */
async function runCheck(
  files: readonly string[],
  { config, format, maxWarnings, strict }: CheckFlags,
): Promise<number> {
  const most = strict ? 0 : maxWarnings;
  const { text, exitCode } = await check({ config, files, format, ...(most !== undefined && { maxWarnings: most }) });
  console.log(text);
  return exitCode;
}

/** The exit code of the work; 2 with the problems on standard error where it could not be done. */
async function orCouldNotRun(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StubwireError || error instanceof ProblemsError)) throw error;
    console.error(formatProblems(error));
    return COULD_NOT_RUN;
  }
}

/** 0: done; 1: refused, or a step failed; 2: nobody could be asked, or it has not run yet. */
async function runAction(options: RunOptions): Promise<number> {
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

/** Starts, says where, and resolves when the program was told to stop and has. */
async function start(options: Parameters<typeof boot>[0]): Promise<void> {
  const stopped = stopSignal();
  const program = await boot(options);
  console.log(welcome(program));
  await stopped;
  console.log('Stopping: finishing what is under way (Ctrl-C again ends at once) …');
  await program.stop();
  console.log('Stopped.');
}

function welcome({ url, pages, watches }: Program): string {
  const seconds = (performance.now() / 1_000).toFixed(1);
  const width = Math.max(...pages.map(({ title }) => title.length));
  const lines = pages.map(({ path, title }) => `  ${title.padEnd(width)}  ${url}${path}`);
  const watching =
    watches === undefined ? [] : [`Templates in ${shownFile(watches)} are watched: what changes is taken at once.`];
  return [
    `Stubwire is ready in ${seconds} s${url ? `: ${url}` : ''}`,
    ...lines,
    ...watching,
    'Press Ctrl-C to stop.',
  ].join('\n');
}

/** Resolves at the first SIGINT or SIGTERM; a later one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const onSignal = () => {
      if (firstAtMs === undefined) {
        firstAtMs = performance.now();
        resolve();
      } else if (performance.now() - firstAtMs > SAME_SIGNAL_MS) {
        process.exit(1);
      }
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

function regExp(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number, such as 0.');
  return Number(text);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

const startedDirectly = process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href;
if (startedDirectly) process.exit(await main(process.argv.slice(2)));
