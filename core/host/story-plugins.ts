import type { Container, ServiceIdentifier } from 'inversify';
import { Channel } from '../contract/channel.js';
import { RealAccount } from '../contract/emulated-account.js';
import { StoryClients } from '../contract/story-clients.js';
import { TaskType } from '../contract/task-type.js';
import { ProblemsError, StubwireError } from '../errors.js';
import type { Origins } from './origins.js';
import { type LoadedPlugin, loadPlugins } from './plugin-loader.js';

/** The plugins of the configuration as stories run them, with those that they need beside them. */
export async function playedPlugins(plugins: readonly LoadedPlugin[]): Promise<readonly LoadedPlugin[]> {
  const played = plugins.map((plugin) => ({ ...plugin, inStories: plugin.definition.forStories?.(plugin.config) }));
  const present = new Set(plugins.map(({ definition }) => definition.name));
  const added: LoadedPlugin[] = [];
  for (const { place, inStories } of played) {
    const missing = (inStories?.beside ?? []).filter((name) => !present.has(name));
    const blocks = missing.map((name) => ({
      name,
      place,
      check: <Config>(schema: { parse(value: unknown): Config }) => ({ ok: true, value: schema.parse({}) }) as const,
    }));
    added.push(...(await loadPlugins(blocks)));
    for (const name of missing) present.add(name);
  }
  const dressed = played.map(({ inStories, ...plugin }) =>
    inStories ? { ...plugin, config: inStories.config } : plugin,
  );
  return [...dressed, ...added];
}

/** Nothing may leave this machine, and somebody must play the clients. Throws `ProblemsError` otherwise. */
export function requirePlayed(container: Container, origins: Origins, plugins: readonly LoadedPlugin[]): void {
  const all = <T>(service: ServiceIdentifier<T>): T[] => (container.isBound(service) ? container.getAll(service) : []);
  const problems = all(RealAccount).map(({ profile, url }) => {
    const message = `The profile "${profile}" would reach ${url} in stories too. Its plugin must put it on an emulator with forStories.`;
    return new StubwireError('stories_not_played', message);
  });
  for (const { definition, place } of plugins) {
    if (definition.forStories) continue;
    const brings = (name: string, service: ServiceIdentifier<unknown>): string[] =>
      all(service).some((_, at) => origins.of(service, at).name === `the plugin "${definition.name}"`) ? [name] : [];
    const found = [...brings('a channel', Channel), ...brings('a task type', TaskType)];
    if (found.length === 0) continue;
    const message = `The plugin "${definition.name}" brings ${found.join(' and ')}, and does not say how it behaves in stories, so it might reach the real world. Give its definition a forStories, or run stories with a configuration without it (--config).`;
    problems.push(new StubwireError('stories_not_played', message, { place }));
  }
  if (!container.isBound(StoryClients)) {
    const message =
      'No plugin plays the clients: nobody could write or read in a story. Add meta_whatsapp under plugins, which brings its emulator along.';
    problems.push(new StubwireError('stories_not_played', message));
  }
  if (problems.length > 0) throw new ProblemsError(problems);
}
