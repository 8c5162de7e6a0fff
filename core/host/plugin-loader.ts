import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Container, ContainerModule } from 'inversify';
import { z } from 'zod';
import type { PluginBlock } from '../config/host-config.js';
import { didYouMean, listed } from '../config/nearest.js';
import type { Org } from '../contract/org.js';
import type { PluginDefinition } from '../contract/plugin.js';
import { type ErrorCode, type Place, ProblemsError, StubwireError } from '../errors.js';
import type { Origins } from './origins.js';

/** The plugins of this repository, as built. Others are npm packages. */
const BUILT_PLUGINS = new URL('../../plugins/', import.meta.url);

/** A plugin with its checked configuration; what is left to do is to let it contribute. */
export interface LoadedPlugin {
  readonly definition: PluginDefinition;
  readonly config: unknown;
  /** Its key under `plugins:`, for problems that show later. */
  readonly place: Place;
}

/**
 * Loads every plugin that is named under `plugins:`, in that order. Each goes through the steps *found*, *shape* and
 * *config*; `contribute` is the fourth, and *duplicates* (`registry.ts`) the last. The problems of all plugins are thrown
 * together.
 */
export async function loadPlugins(
  blocks: readonly PluginBlock[],
  folder: URL = BUILT_PLUGINS,
): Promise<LoadedPlugin[]> {
  const loaded: LoadedPlugin[] = [];
  const problems: StubwireError[] = [];
  for (const block of blocks) {
    try {
      const definition = checkShape(block, await find(block, folder));
      loaded.push({ definition, config: checkConfig(block, definition), place: block.place });
    } catch (error) {
      if (error instanceof ProblemsError) problems.push(...error.problems);
      else if (error instanceof StubwireError) problems.push(error);
      else throw error;
    }
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  return loaded;
}

/** Step *contribute*: each plugin binds what it brings. Nothing is made yet. */
export function contribute(plugins: readonly LoadedPlugin[], org: Org, container: Container, origins: Origins): void {
  const problems: StubwireError[] = [];
  for (const { definition, config, place } of plugins) {
    const origin = { name: `the plugin "${definition.name}"`, place };
    try {
      container.load(
        new ContainerModule(({ bind }) => definition.contribute({ config, org, bind: origins.noting(origin, bind) })),
      );
    } catch (error) {
      const message = `The plugin "${definition.name}" could not contribute: ${messageOf(error)}`;
      problems.push(
        error instanceof StubwireError
          ? error
          : new StubwireError('plugin_contribute_failed', message, { place, cause: error }),
      );
    }
  }
  if (problems.length > 0) throw new ProblemsError(problems);
}

/** Step *found*: the folder of that name, or else the npm package. */
async function find(block: PluginBlock, folder: URL): Promise<unknown> {
  const { name } = block;
  const index = new URL(`${encodeURIComponent(name)}/index.js`, folder);
  const specifier = existsSync(index) ? index.href : name;
  try {
    return await import(specifier);
  } catch (error) {
    if (specifier === name && isMissing(error, name)) {
      const there = foldersWithPlugins(folder);
      const message = `There is no plugin "${name}": plugins/${name} is not built, and no npm package of that name is installed. There are ${listed(there)}.`;
      const hint = didYouMean(name, there) || ' Where it is new, "npm run build" builds it.';
      throw problem('plugin_not_found', message + hint, block);
    }
    throw problem('plugin_shape_invalid', `The plugin "${name}" cannot be read: ${messageOf(error)}`, block, error);
  }
}

/** Step *shape*: a default export as `definePlugin` takes it, with the name that it is configured under. */
function checkShape(block: PluginBlock, module: unknown): PluginDefinition {
  const definition = (module as { readonly default?: Partial<PluginDefinition> }).default;
  const wrong = shapeProblem(block.name, definition);
  if (wrong) throw problem('plugin_shape_invalid', `The plugin "${block.name}" ${wrong}.`, block);
  return definition as PluginDefinition;
}

function shapeProblem(name: string, definition: Partial<PluginDefinition> | undefined): string | undefined {
  if (typeof definition !== 'object' || definition === null) {
    return 'has no default export; it should be definePlugin({name, config, contribute})';
  }
  if (definition.name !== name) {
    return `calls itself "${definition.name}"; its name, its folder and its key under plugins: are one word`;
  }
  if (!(definition.config instanceof z.ZodType)) return 'has no "config"; it should be a zod schema for its block';
  if (typeof definition.contribute !== 'function') {
    return 'has no "contribute"; it should be a function that binds what it brings';
  }
  return undefined;
}

/** Step *config*: its block of the file, held against its schema. */
function checkConfig(block: PluginBlock, definition: PluginDefinition): unknown {
  const checked = block.check(definition.config);
  if (!checked.ok) throw new ProblemsError(checked.problems);
  return checked.value;
}

/** Whether it is the package itself that is not there, and not something that it imports. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND') return message.includes(`'${name}'`);
  return code === 'ERR_INVALID_MODULE_SPECIFIER' || code === 'ERR_UNSUPPORTED_ESM_URL_SCHEME';
}

function foldersWithPlugins(folder: URL): string[] {
  const path = fileURLToPath(folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => existsSync(new URL(`${name}/index.js`, folder)));
}

const problem = (code: ErrorCode, message: string, { place }: PluginBlock, cause?: unknown) =>
  new StubwireError(code, message, { place, cause });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
