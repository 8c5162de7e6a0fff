import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable } from 'inversify';
import { shownFile } from '../config/problem.js';
import type { Service } from '../contract/service.js';
import { StubwireError } from '../errors.js';
import { Logger } from '../observability/logger.js';
import type { Vocabulary } from '../template/vocabulary.js';
import { changeOf, type FileChange, versionOf } from './file-version.js';
import { listFolder, readSettled } from './folder-listing.js';
import { afterReading, lookAt, type Sighting, type Sightings } from './folder-look.js';
import { logRefused } from './refused-log.js';
import { type Outcome, TemplateLedger } from './template-ledger.js';

/** Pause between two looks: so many times what a look takes, within bounds. A thousand files then cost 2 % of the time. */
const PAUSE_FACTOR = 50;
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 1_500;
/** How often it is asked whether templates that no file has are still needed, ms. */
const KEPT_EVERY_MS = 30_000;

/** The folder that is watched, and what its templates can name. */
export interface Watched {
  readonly folder: string;
  readonly vocabulary: Vocabulary;
}

/**
 * Watches the folder of the stub templates by looking at it, again and again: names, sizes and times are seen on any file
 * system, through links and however an editor saves; events of the system are not. What changed and stands still is
 * read, checked as at start, and taken as one set. A file with a problem is refused alone, and its old templates stay.
 */
@injectable()
export class TemplateWatch implements Service {
  readonly name = 'template watch';
  private watched: Watched | undefined;
  private sightings: Sightings = new Map();
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private unlisted: StubwireError | undefined;
  private failure = '';
  private keptAtMs = 0;

  constructor(
    @inject(TemplateLedger) private readonly ledger: TemplateLedger,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /** Says what to watch; without, there is nothing to. */
  learn(watched: Watched): void {
    this.watched = watched;
  }

  /** The folder that is watched. */
  get folder(): string | undefined {
    return this.watched?.folder;
  }

  /** Why the folder cannot be looked at; nothing is concluded from that. */
  get problem(): StubwireError | undefined {
    return this.unlisted;
  }

  start(): void {
    if (!this.watched) return;
    // The files read at start get a signature that no file has, so that all of them are read again.
    this.sightings = new Map(this.ledger.names().map((file) => [file, { signature: '', sinceMs: performance.now() }]));
    this.running = this.run(this.watched);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(watched: Watched): Promise<void> {
    while (!this.ending.signal.aborted) {
      const beganMs = performance.now();
      let isMoving = false;
      try {
        isMoving = await this.look(watched);
        this.failure = '';
      } catch (error) {
        this.tellFailure(error);
      }
      const pauseMs = Math.min(MAX_PAUSE_MS, PAUSE_FACTOR * (performance.now() - beganMs));
      await sleep(Math.max(MIN_PAUSE_MS, isMoving ? 0 : pauseMs), undefined, { signal: this.ending.signal }).catch(
        () => undefined, // told to stop
      );
    }
  }

  /** One look, and what follows from it. True while something is changing. */
  private async look({ folder, vocabulary }: Watched): Promise<boolean> {
    const listing = await this.list(folder);
    if (!listing) return false;
    const { sightings, ready, gone, isMoving } = lookAt(this.sightings, listing, performance.now());
    const read = new Map(sightings);
    const changes: FileChange[] = gone.map((file) => ({ file, gone: true }));
    for (const file of ready) {
      const found = await this.read(file, sightings.get(file)!, vocabulary);
      if (found.sighting) read.set(file, found.sighting);
      if (found.change) changes.push(found.change);
    }
    const asksAgain = this.ledger.kept().size > 0 && performance.now() - this.keptAtMs > KEPT_EVERY_MS;
    if (changes.length > 0 || asksAgain) {
      this.tell(await this.ledger.take(changes));
      this.keptAtMs = performance.now();
    }
    this.sightings = read; // not before: what could not be taken is looked at again
    return isMoving;
  }

  /** Nothing was taken, and the next look tries again. Told once, not at every look. */
  private tellFailure(error: unknown): void {
    const { message } = error as Error;
    if (message === this.failure) return;
    this.failure = message;
    const about = error instanceof StubwireError ? { code: error.code } : { err: error };
    this.log.error(about, `Templates that changed are not taken yet: ${message}`);
  }

  private async list(folder: string): Promise<Map<string, string> | undefined> {
    try {
      const listing = await listFolder(folder);
      if (this.unlisted) this.log.info({ folder }, 'the folder of the templates can be read again');
      this.unlisted = undefined;
      return listing;
    } catch (error) {
      if (!(error instanceof StubwireError)) throw error;
      if (this.unlisted?.message !== error.message)
        this.log.warn({ folder, code: error.code }, `${error.message} Until then the templates stay as they are.`);
      this.unlisted = error;
      return undefined;
    }
  }

  private async read(
    file: string,
    sighting: Sighting,
    vocabulary: Vocabulary,
  ): Promise<{ readonly sighting?: Sighting; readonly change?: FileChange }> {
    const found = await readSettled(file, sighting.signature);
    if (found === 'moved') return {};
    const nowMs = performance.now();
    if ('problem' in found) {
      const seen = afterReading(sighting, nowMs, found.canPass);
      const known = this.ledger.refusedAt(file)?.problems[0];
      return known?.message === found.problem.message
        ? { sighting: seen }
        : { sighting: seen, change: { file, problems: [found.problem] } };
    }
    const seen = afterReading(sighting, nowMs, false);
    const version = versionOf(found.bytes);
    if (this.ledger.knows(file, version)) return { sighting: seen };
    const change = await changeOf(file, found.bytes, vocabulary, (line) => this.log.debug(line));
    return { sighting: seen, change };
  }

  private tell({ taken, refused, gone, kept }: Outcome): void {
    for (const { file, version, templates } of taken) {
      const names = templates.map(({ template }) => template.name);
      this.log.info({ file: shownFile(file), version, templates: names }, 'template file taken');
    }
    logRefused(this.log, refused, 'template file refused; the version loaded before, if any, stays in use');
    for (const file of gone) this.log.info({ file: shownFile(file) }, 'template file deleted');
    for (const { template, stubs } of kept) {
      this.log.warn(
        { template: template.name, file: shownFile(template.file), stubs },
        'template kept although its file was deleted: its unfinished stubs use it until the next start, and no new stub can use it',
      );
    }
  }
}
