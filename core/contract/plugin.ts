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

/** A plugin as stories run it. */
export interface PluginInStories<Config> {
  /** Reaches nobody: accounts are played, secrets are none. */
  readonly config: Config;
  /** Plugins that it needs beside it; where the configuration has them not, they are loaded as `<name>: {}`. */
  readonly beside?: readonly string[];
}

/**
 * A plugin: a folder (or an npm package) whose `index.ts` default-exports `definePlugin({name, config, contribute})`.
 * `contribute` binds classes to contribution points and does no I/O.
 */
export interface PluginDefinition<Config = unknown> {
  /** One word, also its folder and its key under `plugins:`. */
  readonly name: string;
  readonly config: ZodType<Config>;
  /**
   * How it behaves in `stubwire test`, where nothing may leave this machine: the block to use instead of the configured one.
   * A plugin with a channel or a task type that lacks it is refused there.
   */
  forStories?(config: Config): PluginInStories<Config>;
  contribute(context: PluginContext<Config>): void;
}

export function definePlugin<Config>(definition: PluginDefinition<Config>): PluginDefinition<Config> {
  return Object.freeze(definition);
}
