import { dirname, resolve } from 'node:path';
import type { ZodType } from 'zod';
import { type Place, ProblemsError, StubwireError } from '../errors.js';
import { configVersion } from './config-version.js';
import { deepFreeze } from './deep-freeze.js';
import type { Environment } from './environment.js';
import { HostSchema, type HostSettings } from './host-schema.js';
import { loadYaml } from './load-yaml.js';
import { inOrder } from './problem.js';
import { secretValues } from './secret-values.js';
import { fillVariables } from './variables.js';
import type { Checked, YamlDocument } from './yaml-document.js';

/** A plugin's part of the configuration file, to be held against the plugin's own schema. */
export interface PluginBlock {
  /** The key under `plugins:`. */
  readonly name: string;
  /** Where that key stands. */
  readonly place: Place;
  /** The block checked and frozen, or everything that is wrong with it, as `plugin_config_invalid` with places. */
  check<Config>(schema: ZodType<Config>): Checked<Config>;
}

type Settings = { readonly [Key in Exclude<keyof HostSettings, 'plugins' | 'http'>]: Readonly<HostSettings[Key]> };

/** The configuration of a host: checked, its paths absolute, frozen. */
export interface HostConfig extends Settings {
  /** The file it was read from. */
  readonly file: string;
  /** The version of the file's content when it was read. */
  readonly version: string | undefined;
  readonly http: Readonly<HostSettings['http']> & { readonly public_url: string };
  /** In the order of the file. */
  readonly plugins: readonly PluginBlock[];
  /** Every secret of the file, the plugins' too. The log leaves them out. */
  readonly secrets: readonly string[];
}

/** A configuration file as read: whole, or with what is wrong with it and the plugins' blocks, which can still be checked. */
export interface HostConfigFile {
  readonly config?: HostConfig;
  readonly plugins: readonly PluginBlock[];
  readonly problems: readonly StubwireError[];
}

/**
 * Reads `config/stubwire.yaml`: fills in `${NAME}` from `env`, checks all but the plugins' blocks, makes `data_dir`,
 * `files.dir` and `templates` absolute (they are relative to the file). `standIn` takes the place of variables that are not set.
 */
export function readHostConfig(file: string, env: Environment, standIn?: string): HostConfigFile {
  const version = configVersion(file); // taken before reading, so that a change in between is noticed
  const { documents, problems } = loadYaml(file, { hidesSecrets: true });
  const found = [...problems];
  const [document] = documents;
  if (document === undefined) return { plugins: [], problems: found.length > 0 ? found : emptyFile(file) };
  if (documents.length > 1) {
    found.push(
      documents[1]!.problem('yaml_invalid', 'The configuration is one document. Remove the --- before this.', []),
    );
  }
  found.push(...fillVariables(document, env, standIn));
  const checked = document.check(HostSchema);
  if (!checked.ok) found.push(...checked.problems);
  const plugins = document.keys(['plugins']).map((name) => pluginBlock(document, name));
  if (!checked.ok || found.length > 0) return { plugins, problems: inOrder(found) };
  const config = hostConfig({ file, version }, checked.value, plugins, secretValues(document));
  return { config, plugins, problems: [] };
}

/** The same for those who want the configuration or nothing. Throws `ProblemsError` with every problem but the plugins'. */
export function loadHostConfig(file: string, env: Environment): HostConfig {
  const { config, problems } = readHostConfig(file, env);
  if (!config) throw new ProblemsError(problems);
  return config;
}

function emptyFile(file: string): StubwireError[] {
  const message = `${file} is empty. Begin with the keys org and plugins; config/stubwire.yaml of the source shows all.`;
  return [new StubwireError('value_invalid', message, { place: { file } })];
}

function hostConfig(
  { file, version }: Pick<HostConfig, 'file' | 'version'>,
  settings: HostSettings,
  plugins: readonly PluginBlock[],
  secrets: readonly string[],
): HostConfig {
  const { http, redis, files, plugins: _, ...rest } = settings;
  const beside = (path: string): string => resolve(dirname(file), path);
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  const config: HostConfig = {
    ...rest,
    file: resolve(file),
    version,
    http: { ...http, public_url: (http.public_url ?? `http://${host}:${http.port}`).replace(/\/+$/, '') },
    redis: { ...redis, data_dir: beside(redis.data_dir) },
    files: { ...files, dir: beside(files.dir) },
    templates: beside(rest.templates),
    plugins,
    secrets,
  };
  return deepFreeze(config);
}

function pluginBlock(document: YamlDocument, name: string): PluginBlock {
  const path = ['plugins', name];
  return {
    name,
    place: document.place(path, 'key'),
    check: (schema) => {
      const checked = document.check(schema, path, { code: 'plugin_config_invalid' });
      return checked.ok ? { ok: true, value: deepFreeze(checked.value) } : checked;
    },
  };
}
