import { inject, injectable } from 'inversify';
import { listed } from '../config/nearest.js';
import { shownFile } from '../config/problem.js';
import { StubStore, type WaitingStubs } from '../stub/stub-store.js';
import { Templates } from '../template/templates.js';
import { TemplateLedger } from './template-ledger.js';

/** Number of files that a sentence names; the rest are counted. */
const MAX_NAMED = 5;

/** Finds templates that unfinished stubs need but this process has not loaded: their file is missing or was refused. */
@injectable()
export class MissingTemplates {
  constructor(
    @inject(Templates) private readonly templates: Templates,
    @inject(TemplateLedger) private readonly ledger: TemplateLedger,
    @inject(StubStore) private readonly stubs: StubStore,
  ) {}

  /** Reads Redis at each call. */
  find(): Promise<readonly WaitingStubs[]> {
    return this.stubs.waiting((name) => this.templates.get(name) !== undefined);
  }

  /** Says which stubs wait for which templates, and what to do. */
  describe(missing: readonly WaitingStubs[]): string {
    const refused = this.ledger.refused().map(({ file }) => shownFile(file));
    const todo =
      refused.length === 0
        ? 'Put its file back'
        : `Correct ${someOf(refused)}, which could not be loaded, or put its file back`;
    return `${missing.map(waitingFor).join('; ')}. Requests for them are kept. ${todo}; then they continue by themselves.`;
  }
}

const waitingFor = ({ template, count }: WaitingStubs): string =>
  `${count === 1 ? '1 unfinished stub waits' : `${count} unfinished stubs wait`} for the template "${template}", which is not loaded`;

const someOf = (names: readonly string[]): string =>
  listed(names.slice(0, MAX_NAMED)) + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '');
