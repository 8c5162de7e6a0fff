import { environment } from '../config/environment.js';
import { type HostConfig, readHostConfig } from '../config/host-config.js';
import { ProblemsError } from '../errors.js';
import { loadPlugins } from './plugin-loader.js';

/**
 * The configuration of the host, or everything that is wrong with it: its own keys and the plugins' blocks together.
 * `standIn` takes the place of environment variables that are not set.
 */
export async function readConfig(file: string, standIn?: string): Promise<HostConfig> {
  const { config, plugins, problems } = readHostConfig(file, environment, standIn);
  if (config) return config;
  const ofPlugins = await loadPlugins(plugins).then(
    () => [],
    (error: unknown) => (error instanceof ProblemsError ? error.problems : []), // what is no problem of the file shows at the next start
  );
  throw new ProblemsError([...problems, ...ofPlugins]);
}

/** The configuration with the port of `--port`, if given. */
export function onPort(config: HostConfig, port: number | undefined): HostConfig {
  if (port === undefined) return config;
  const { http } = config;
  // The default public URL contains the port, so it changes too.
  const moves = new URL(http.public_url).port === String(http.port);
  const publicUrl = moves ? http.public_url.replace(`:${http.port}`, `:${port}`) : http.public_url;
  return { ...config, http: { ...http, port, public_url: publicUrl } };
}
