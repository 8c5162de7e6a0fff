import type { ServiceIdentifier } from 'inversify';

/** The block `files` of the configuration. */
export interface FileConfig {
  /** Absolute path of the folder; it is made with the first file. */
  readonly dir: string;
  /** The largest file that is taken, bytes. */
  readonly maxBytes: number;
}
export const FileConfig: ServiceIdentifier<FileConfig> = Symbol.for('stubwire.FileConfig');
