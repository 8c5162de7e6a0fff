import type { ServiceIdentifier } from 'inversify';

/**
 * Where plugins keep on disk what is too big for Redis: an absolute path below `files.dir`. A plugin uses the folder of
 * its own name in it and makes that itself; processes on one machine share it.
 */
export const PluginFolder: ServiceIdentifier<string> = Symbol.for('stubwire.PluginFolder');
