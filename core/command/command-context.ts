import { InvalidArgumentError, Option } from 'commander';
import { formatProblems } from '../config/problem.js';
import { ProblemsError, StubwireError } from '../errors.js';

/** What each command of the command line is made with. */
export interface CommandContext {
  /** Installs a Redis server program where there is none. */
  readonly provideRedis: () => void;
  /** What the program ends with, where that is not 0. */
  end(exitCode: number): void;
}

/** Exit code of what was not done at all: an option that is none, a configuration that is wrong. */
export const COULD_NOT_RUN = 2;

const DEFAULT_CONFIG = 'config/stubwire.yaml';
/** A Ctrl-C reaches us twice when npm passes on what the terminal has sent to all. */
const SAME_SIGNAL_MS = 500;

export const configOption = (): Option =>
  new Option('--config <file>', 'the configuration of the host').default(DEFAULT_CONFIG);

/** The `--port` that the program was started with. */
export const portOption = (description: string): Option =>
  new Option('--port <number>', description).argParser(portNumber);

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number, such as 0.');
  return Number(text);
}

/** The exit code of the work; 2 with the problems on standard error where it could not be done. */
export async function orCouldNotRun(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StubwireError || error instanceof ProblemsError)) throw error;
    console.error(formatProblems(error));
    return COULD_NOT_RUN;
  }
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP (its terminal was closed); a later one ends the process at once. */
export function stopSignal(): Promise<void> {
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
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  });
}
