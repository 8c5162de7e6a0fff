import { Command, InvalidArgumentError, Option } from 'commander';
import { formatProblem, shownFile } from '../config/problem.js';
import { boot, type Program, type Role } from '../host/boot.js';
import { type CommandContext, configOption, stopSignal } from './command-context.js';

/** `stubwire start`. */
export const startCommand = ({ provideRedis }: CommandContext): Command =>
  new Command('start')
    .description('start the host')
    .addOption(configOption())
    .option('--port <number>', 'listen here instead of http.port', portNumber)
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']).default('all'))
    .action((options: { config: string; port?: number; role: Role }) => start({ ...options, provideRedis }));

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

function welcome({ url, pages, watches, refused, waiting }: Program): string {
  const seconds = (performance.now() / 1_000).toFixed(1);
  const width = Math.max(...pages.map(({ title }) => title.length));
  const lines = pages.map(({ path, title }) => `  ${title.padEnd(width)}  ${url}${path}`);
  const watching =
    watches === undefined ? [] : [`Templates in ${shownFile(watches)} are watched: what changes is taken at once.`];
  return [
    `Stubwire is ready in ${seconds} s${url ? `: ${url}` : ''}`,
    ...lines,
    ...watching,
    ...warnings(refused, waiting, watches !== undefined),
    'Press Ctrl-C to stop.',
  ].join('\n');
}

/** Problems that the banner shows; `stubwire check` shows all. */
const MAX_PROBLEMS = 20;

/** The program runs without template files that have problems, so they must not be overlooked. */
function warnings(refused: Program['refused'], waiting: string | undefined, isWatched: boolean): string[] {
  if (refused.length === 0) return waiting === undefined ? [] : ['', `WARNING: ${waiting}`, ''];
  const problems = refused.flatMap((file) => file.problems);
  const files = refused.length === 1 ? '1 template file is' : `${refused.length} template files are`;
  const todo = isWatched
    ? 'Once corrected, it is loaded without a restart.'
    : 'templates_watch is off: correct it, then restart.';
  return [
    '',
    `WARNING: ${files} NOT LOADED. ${todo}`,
    ...problems.slice(0, MAX_PROBLEMS).map(formatProblem),
    ...(problems.length > MAX_PROBLEMS
      ? [`… and ${problems.length - MAX_PROBLEMS} more: see npx stubwire check.`]
      : []),
    ...(waiting === undefined ? [] : [`WARNING: ${waiting}`]),
    '',
  ];
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
