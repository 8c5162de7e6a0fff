import type { Bind } from 'inversify';
import type { ZodType } from 'zod';

/** What a plugin is given to contribute with. */
export interface PluginContext<Config> {
  /** The plugin's block of the configuration file, checked and frozen. */
  readonly config: Config;
  /** The organisation the host runs for. */
  readonly org: { readonly orguuid: string; readonly name: string; readonly default_country: string };
  /** Inversify's `bind`: `bind(Channel).to(LogChannel)`. */
  readonly bind: Bind;
}

/**
 * A plugin: a folder (or an npm package) whose `index.ts` default-exports `definePlugin({name, config, contribute})`.
 * `contribute` binds classes to contribution points and does no I/O.
 */
export interface PluginDefinition<Config = unknown> {
  /** One word, also its folder and its key under `plugins:`. */
  readonly name: string;
  readonly config: ZodType<Config>;
  contribute(context: PluginContext<Config>): void;
}

export function definePlugin<Config>(definition: PluginDefinition<Config>): PluginDefinition<Config> {
  return Object.freeze(definition);
}
