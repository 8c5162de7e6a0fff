import { Command, Option } from 'commander';
import { boot, type Role } from '../host/boot.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { announcement } from './announcement.js';
import { type CommandContext, configOption, portOption, stopSignal } from './command-context.js';

/** `stubwire start`. */
export const startCommand = ({ provideRedis }: CommandContext): Command =>
  new Command('start')
    .description('start the host')
    .addOption(configOption())
    .addOption(portOption('listen here instead of http.port'))
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']).default('all'))
    .action((options: { config: string; port?: number; role: Role }) => start({ ...options, provideRedis }));

/** Starts, says where, and resolves when the program was told to stop and has. */
async function start(options: Parameters<typeof boot>[0]): Promise<void> {
  const stopped = stopSignal();
  let log = createLogger('info'); // until the configuration is read
  endOnBug(() => log);
  const program = await boot(options);
  log = program.log;
  const say = announcement(program, process.stdout.isTTY);
  say.ready(program, performance.now() / 1_000);
  await stopped;
  say.stopping();
  await program.stop();
  say.stopped();
}

/** Node would print an uncaught error with all its properties, such as the arguments of a Redis command. */
function endOnBug(log: () => Logger): void {
  process.on('uncaughtException', (error) => {
    log().fatal({ err: error }, 'an unexpected error stops the program; nothing is lost, start it again');
    process.exit(1);
  });
}
