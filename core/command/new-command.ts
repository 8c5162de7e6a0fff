import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { StubwireError } from '../errors.js';

const PLUGINS = fileURLToPath(new URL('../../../plugins', import.meta.url));
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** `stubwire new`. */
export const newCommand = (): Command =>
  new Command('new').description('make the frame of a plugin').addCommand(
    new Command('channel')
      .description('make plugins/<name>: a channel that works like "log", to go on from')
      .argument('<name>', 'one word: its folder, its key under plugins: and under platforms:', pluginName)
      .action((name: string) => console.log(newChannel(name))),
  );

/**
 * `stubwire new channel`: the reference channel `log` under another name, which is built and tested, so the new one loads and
 * takes messages at once. Gives what is to be printed. `plugins` is the folder with the sources; `file_unwritable`.
 */
export function newChannel(name: string, plugins = PLUGINS): string {
  const folder = join(plugins, name);
  if (existsSync(folder))
    throw new StubwireError(
      'file_unwritable',
      `There is plugins/${name} already. Choose another name, or go on there.`,
    );
  const text = renamed(readReference(plugins), name);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.ts'), text, { flag: 'wx' });
  } catch (error) {
    const message = `Cannot write plugins/${name}/index.ts: ${(error as Error).message}. Check the rights of plugins.`;
    throw new StubwireError('file_unwritable', message, { cause: error });
  }
  return [
    `Made: plugins/${name}/index.ts. So far it writes a line to the program's log, as plugins/log does.`,
    `1. In config/stubwire.yaml, under plugins:  ${name}: {}`,
    `2. npm start, and in a notification:        platforms: { ${name}: { body: "…" } }`,
    '3. Make settings, plan and send your own:   CONTRIBUTING.md',
  ].join('\n');
}

function readReference(plugins: string): string {
  try {
    return readFileSync(join(plugins, 'log/index.ts'), 'utf8');
  } catch (error) {
    const message = 'There is no plugins/log/index.ts to make it from. Run this in a clone of the repository.';
    throw new StubwireError('file_unreadable', message, { cause: error });
  }
}

/**
 * The source of `log` with the name of the plugin, its class and its queue in place of log's own. Of a line in a log two do no
 * harm; what people get is not sent again before somebody has said so.
 */
function renamed(source: string, name: string): string {
  const className = name.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
  return source
    .replaceAll('LogChannel', `${className}Channel`)
    .replaceAll("'log'", `'${name}'`)
    .replaceAll("'log-lines'", `'${name.replaceAll('_', '-')}-lines'`)
    .replace('unknownOutcomeResends: 1', 'unknownOutcomeResends: 0')
    .replace('The reference channel: `platforms.log:', `Made from the reference channel: \`platforms.${name}:`);
}

function pluginName(text: string): string {
  if (!NAME.test(text)) throw new InvalidArgumentError('It takes small letters, digits and _, such as sms.');
  return text;
}
