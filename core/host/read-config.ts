import { environment } from '../config/environment.js';
import { type HostConfig, readHostConfig } from '../config/host-config.js';
import { ProblemsError } from '../errors.js';
import { loadPlugins } from './plugin-loader.js';

/** The configuration of the host, or everything that is wrong with it: its own keys and the plugins' blocks together. */
export async function readConfig(file: string): Promise<HostConfig> {
  const { config, plugins, problems } = readHostConfig(file, environment);
  if (config) return config;
  const ofPlugins = await loadPlugins(plugins).then(
    () => [],
    (error: unknown) => (error instanceof ProblemsError ? error.problems : []), // what is no problem of the file shows at the next start
  );
  throw new ProblemsError([...problems, ...ofPlugins]);
}
