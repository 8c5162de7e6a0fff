#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './command/check-command.js';
import { COULD_NOT_RUN, type CommandContext } from './command/command-context.js';
import { doctorCommand } from './command/doctor-command.js';
import { newCommand } from './command/new-command.js';
import { runCommand } from './command/run-command.js';
import { schemaCommand } from './command/schema-command.js';
import { startCommand } from './command/start-command.js';
import { testCommand } from './command/test-command.js';
import { formatProblems } from './config/problem.js';
import { ProblemsError, StubwireError } from './errors.js';
import { productVersion } from './host/product-version.js';
import { loggedError } from './observability/logged-error.js';

/** What the set-up of a fresh machine adds to the command line. */
export type MainOptions = Partial<Pick<CommandContext, 'provideRedis'>>;

const COMMANDS = [startCommand, checkCommand, testCommand, runCommand, schemaCommand, doctorCommand, newCommand];

/** The command line. Resolves with the exit code: 0, or 1 with the problems on standard error. */
export async function main(
  args: readonly string[],
  { provideRedis = () => undefined }: MainOptions = {},
): Promise<number> {
  let exitCode = 0;
  const end = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('stubwire')
    .description('Runs stubs from YAML templates and talks to people about them.')
    .version(productVersion());
  for (const make of COMMANDS) program.addCommand(make({ provideRedis, end }));

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_RUN; // of commands that override the exit
    const isExpected = error instanceof StubwireError || error instanceof ProblemsError;
    console.error(isExpected ? formatProblems(error) : inspect(loggedError(error), { depth: null }));
    return 1;
  }
}

const startedDirectly = process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href;
if (startedDirectly) process.exit(await main(process.argv.slice(2)));
