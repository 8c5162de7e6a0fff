import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { EditorSchemas } from '../editor/editor-schemas.js';
import { schemaText } from '../editor/schema-text.js';
import { StubwireError } from '../errors.js';
import { assemblePlugins } from '../host/assemble.js';
import { readConfig } from '../host/read-config.js';
import { RedisSource } from '../host/redis-source.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { storySchema } from '../story/story-schema.js';
import { configOption } from './command-context.js';

/** `stubwire schema`. */
export const schemaCommand = (): Command =>
  new Command('schema')
    .description('print the JSON Schema of stub templates, for editors, with what the plugins bring')
    .addOption(configOption())
    .option('--out <file>', 'write it there, as a whole or not at all')
    .option('--stories', 'the schema of stories (*.test.yaml) instead')
    .action(async (options: SchemaOptions) => {
      process.stdout.write(await schema(options));
    });

export interface SchemaOptions {
  readonly config: string;
  /** Where to write it; without, it is what is printed. */
  readonly out?: string;
  /** The schema of stories instead, which is the same whatever is configured. */
  readonly stories?: true;
}

/**
 * `stubwire schema`: the JSON Schema of stub templates for this configuration's plugins; starts nothing. Gives what is to be
 * printed. Throws where configuration or plugins are wrong; `file_unwritable`.
 */
export async function schema({ config: configFile, out, stories }: SchemaOptions): Promise<string> {
  if (stories) return given(schemaText(storySchema()), out, 'the schema of stories');
  const config = await readConfig(configFile);
  const log = createLogger('silent');
  const container = await assemblePlugins({ config, log, target: new RedisSource(config.redis, log).target });
  try {
    const what = `the schema of stub templates with ${config.plugins.length} plugins`;
    return given(container.get(EditorSchemas).stubTemplate(), out, what);
  } finally {
    await container.get(RedisConnection).close();
  }
}

/** Writes the text where it is to go, and says so; without that the text itself. */
function given(text: string, out: string | undefined, what: string): string {
  if (out === undefined) return text;
  writeWhole(out, text);
  return `Written: ${out}, ${what}.\n`;
}

/** An editor that reads it meanwhile sees the old one or the new one. */
function writeWhole(file: string, text: string): void {
  const beside = `${file}.${process.pid}.new`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    const message = `Cannot write ${file}: ${(error as Error).message}. Check the folder and its rights, or give another path to --out.`;
    throw new StubwireError('file_unwritable', message, { cause: error });
  }
}
