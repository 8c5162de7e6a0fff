import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable, type ServiceIdentifier } from 'inversify';
import { configVersion } from '../config/config-version.js';
import { shownFile } from '../config/problem.js';
import type { Service } from '../contract/service.js';
import { Logger } from '../observability/logger.js';

/** The configuration file, and its version when the program read it. */
export interface ConfigFile {
  readonly file: string;
  readonly version: string | undefined;
}
export const ConfigFile: ServiceIdentifier<ConfigFile> = Symbol.for('stubwire.ConfigFile');

/** Interval of the checks, ms. */
const LOOK_EVERY_MS = 1_000;

/**
 * The configuration is read at start only. This watches its file and logs once for each change that the program still uses the
 * old one. A change counts once two checks in a row see the same content, because editors write in several steps.
 */
@injectable()
export class ConfigWatch implements Service {
  readonly name = 'configuration watch';
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private seen: string | undefined;
  private settled: string | undefined;

  constructor(
    @inject(ConfigFile) private readonly loaded: ConfigFile,
    @inject(Logger) private readonly log: Logger,
  ) {
    this.seen = loaded.version;
    this.settled = loaded.version;
  }

  /** What to do if the file has changed; undefined if it has not. */
  get restartNeeded(): string | undefined {
    if (this.settled === this.loaded.version) return undefined;
    const happened = this.settled === undefined ? 'can no longer be read' : 'has changed';
    return `The configuration file ${happened} since this process started. The process still uses the old configuration. Check the file with stubwire check, then restart.`;
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      this.look();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined); // told to stop
    }
  }

  private look(): void {
    const version = configVersion(this.loaded.file);
    const isSettled = version === this.seen;
    this.seen = version;
    if (!isSettled || version === this.settled) return;
    this.settled = version;
    const about = { file: shownFile(this.loaded.file) };
    const { restartNeeded } = this;
    if (restartNeeded !== undefined) this.log.warn(about, restartNeeded);
    else this.log.info(about, 'the configuration file is again as it was when this process started');
  }
}
