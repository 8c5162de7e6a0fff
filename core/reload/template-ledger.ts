import { inject, injectable } from 'inversify';
import type { StubTemplate } from '../contract/stub-template.js';
import type { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { StubStore } from '../stub/stub-store.js';
import { Templates } from '../template/templates.js';
import type { FileChange } from './file-version.js';
import { agree, type FileVersion } from './template-set.js';

/** A newer version of a file, or a new file, that was not taken. */
export interface RefusedFile {
  readonly file: string;
  /** Of the content that was refused; absent where it could not be read. */
  readonly version?: string;
  readonly at: string;
  readonly problems: readonly StubwireError[];
}

/** A template that no file has any more, and that stubs still need. It hears no events. */
export interface KeptTemplate {
  readonly template: StubTemplate;
  /** Stubs that are not done. */
  readonly stubs: number;
}

/** What came of changes, to be told. */
export interface Outcome {
  readonly taken: readonly FileVersion[];
  readonly refused: readonly RefusedFile[];
  readonly gone: readonly string[];
  readonly kept: readonly KeptTemplate[];
}

interface FileRecord {
  readonly held?: FileVersion;
  readonly loadedAt?: string;
  /** Right in itself, and refused for what other files say: tried again whenever one of them changes. */
  readonly next?: FileVersion;
  readonly refused?: RefusedFile;
}

const now = (): string => new Date().toISOString();

/** Which version of which template file is in force, what was refused, and the swap from one set of templates to the next. */
@injectable()
export class TemplateLedger {
  private files: ReadonlyMap<string, FileRecord> = new Map();
  private leftOver: ReadonlyMap<string, KeptTemplate> = new Map();
  private readonly counted = { taken: 0, refused: 0 };

  constructor(
    @inject(Templates) private readonly templates: Templates,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  /** Loads the files at start and puts the valid ones in force. It does not need Redis, because no template is removed. */
  begin(changes: readonly FileChange[]): void {
    const { files, next } = this.settled(changes);
    this.files = files;
    this.templates.replace(next);
  }

  /** Stores facts about the templates in force that must outlive this process. Called at start once Redis answers. */
  note(): Promise<void> {
    return this.stubs.noteDoneStates(this.templates.all());
  }

  /** All known files, in force or refused. */
  names(): readonly string[] {
    return [...this.files.keys()];
  }

  /** Versions in force, by file. */
  held(): ReadonlyMap<string, FileVersion> {
    return new Map([...this.files].flatMap(([file, { held }]) => (held ? [[file, held] as const] : [])));
  }

  /** When a template came into force, and which content its file then had. */
  about({ name, file }: StubTemplate): { readonly version: string; readonly loadedAt: string } | undefined {
    const { held, loadedAt } = this.files.get(file) ?? {};
    const isHere = held?.templates.some(({ template }) => template.name === name);
    return held && loadedAt && isHere ? { version: held.version, loadedAt } : undefined;
  }

  refused(): readonly RefusedFile[] {
    return [...this.files.values()].flatMap(({ refused }) => refused ?? []);
  }

  refusedAt(file: string): RefusedFile | undefined {
    return this.files.get(file)?.refused;
  }

  /** Whether this content of the file is the one in force, or refused already, with nothing newer since. */
  knows(file: string, version: string): boolean {
    const { held, refused } = this.files.get(file) ?? {};
    return version === (refused ? refused.version : held?.version);
  }

  kept(): ReadonlyMap<string, KeptTemplate> {
    return this.leftOver;
  }

  /** Files in force, and how often one was taken or refused since the start. */
  counts(): { readonly files: number; readonly taken: number; readonly refused: number } {
    return { files: this.held().size, ...this.counted };
  }

  /**
   * Takes what changed, as one set: whoever asks for a template sees all of it or nothing. Throws `store_away`, and
   * changes nothing, where Redis does not say whether stubs need a template that leaves.
   */
  async take(changes: readonly FileChange[]): Promise<Outcome> {
    const { files, next } = this.settled(changes);
    const changed = [...next.values()].filter((template) => this.templates.get(template.name) !== template);
    const leftOver = await this.needed(this.templates.all().filter(({ name }) => !next.has(name)));
    if (changed.length > 0) await this.redis.orAway(this.stubs.noteDoneStates(changed));
    for (const [name, { template }] of leftOver) next.set(name, template);
    const before = { files: this.files, leftOver: this.leftOver };
    this.files = files;
    this.leftOver = leftOver;
    this.templates.replace(next, new Set(leftOver.keys()));
    return this.outcome(before);
  }

  /** Files as they are after the changes, and the templates that are in force then. */
  private settled(changes: readonly FileChange[]) {
    const at = now();
    const files = new Map(this.files);
    for (const change of changes) {
      if ('gone' in change) files.delete(change.file);
      else files.set(change.file, withChange(files.get(change.file), change, at));
    }
    const names = [...files.keys()].sort();
    const { inForce, refused } = agree(names.map((file) => ({ file, ...files.get(file)! })));
    for (const version of inForce) {
      const record = files.get(version.file)!;
      if (record.next === version) files.set(version.file, { held: version, loadedAt: at });
    }
    for (const [file, problems] of refused) files.set(file, withClash(files.get(file)!, problems, at));

    const next = new Map(
      inForce.flatMap(({ templates }) => templates.map(({ template }) => [template.name, template])),
    );
    return { files, next };
  }

  /** Templates that leave and that stubs which are not done still need. */
  private async needed(leaving: readonly StubTemplate[]): Promise<Map<string, KeptTemplate>> {
    if (leaving.length === 0) return new Map();
    const counts = await this.redis.orAway(Promise.all(leaving.map((template) => this.stubs.countUndone(template))));
    return new Map(
      leaving.flatMap((template, index) => {
        const stubs = counts[index]!;
        return stubs > 0 ? [[template.name, { template: withoutRegistrations(template), stubs }] as const] : [];
      }),
    );
  }

  private outcome(before: {
    readonly files: ReadonlyMap<string, FileRecord>;
    readonly leftOver: ReadonlyMap<string, KeptTemplate>;
  }): Outcome {
    const records = [...this.files];
    const taken = records.flatMap(([file, { held }]) => (held && before.files.get(file)?.held !== held ? held : []));
    const refused = records.flatMap(([file, record]) =>
      record.refused && before.files.get(file)?.refused !== record.refused ? record.refused : [],
    );
    const gone = [...before.files.keys()].filter((file) => !this.files.has(file));
    const kept = [...this.leftOver].flatMap(([name, each]) => (before.leftOver.has(name) ? [] : each));
    this.counted.taken += taken.length;
    this.counted.refused += refused.length;
    return { taken, refused, gone, kept };
  }
}

/** Its stubs go on. What it registered for events goes with the file, or it would make stubs that keep it for ever. */
const withoutRegistrations = (template: StubTemplate): StubTemplate =>
  template.registrations.length === 0 ? template : { ...template, registrations: [] };

function withChange(
  old: FileRecord | undefined,
  change: Exclude<FileChange, { readonly gone: true }>,
  at: string,
): FileRecord {
  const standing = old?.held && old.loadedAt ? { held: old.held, loadedAt: old.loadedAt } : {};
  if (!('next' in change)) return { ...standing, refused: { ...change, at } };
  const isBack = change.next.version === old?.held?.version;
  return isBack ? standing : { ...standing, next: change.next };
}

/** The same clash of the same version is not told again. */
function withClash(record: FileRecord, problems: readonly StubwireError[], at: string): FileRecord {
  const { file, version } = record.next!;
  const isSame = record.refused?.version === version && record.refused.problems.length === problems.length;
  return isSame ? record : { ...record, refused: { file, version, at, problems } };
}
