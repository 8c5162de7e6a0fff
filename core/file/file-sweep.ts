import { inject, injectable } from 'inversify';
import type { Service } from '../contract/service.js';
import { Logger } from '../observability/logger.js';
import { FileStore } from './file-store.js';

/** Sweeps the file store once, beside the start, which does not wait for it. */
@injectable()
export class FileSweep implements Service {
  readonly name = 'file sweep';
  private work: Promise<void> = Promise.resolve();

  constructor(
    @inject(FileStore) private readonly files: FileStore,
    @inject(Logger) private readonly log: Logger,
  ) {}

  start(): void {
    this.work = this.files.sweep().catch((error) => {
      this.log.warn({ err: error }, 'the file store could not be swept; the next start does it');
    });
  }

  stop(): Promise<void> {
    return this.work;
  }
}
