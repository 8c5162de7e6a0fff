import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable } from 'inversify';
import { Logger, type Problem, type Service } from '../../../core/index.js';
import { GraphClient } from '../graph-client.js';
import { profileOf, WhatsAppConfig } from '../profile.js';
import { CatalogueStore } from './catalogue-store.js';
import { listTemplates } from './template-listing.js';
import { WhatsAppTemplates } from './whatsapp-templates.js';

/** One reading of an account, all its pages, ms. */
const READING_MS = 30_000;
const FIRST_RETRY_MS = 1_000;
/** The HTTP client takes a tenth of a second to load, which a start should not wait for, ms. */
const FIRST_READING_MS = 100;
/** How often a process looks for what the others have read, ms. */
const REFRESH_MS = 2_000;

export type SyncResult =
  | { readonly ok: true; readonly templates: number }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Keeps the catalogues fresh: each account is read at start, every `template_sync_minutes`, when Meta says that a template
 * has changed, and when an operator asks. A reading that fails leaves what is there, is noted, and is tried again with
 * back-off. Processes on one Redis share what each of them has read.
 */
@injectable()
export class CatalogueSync implements Service {
  readonly name = 'WhatsApp template catalogue';
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, Promise<SyncResult>>();
  private readonly waiting = new Map<string, Promise<SyncResult>>();
  private loops: readonly Promise<void>[] = [];

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(CatalogueStore) private readonly store: CatalogueStore,
    @inject(WhatsAppTemplates) private readonly templates: WhatsAppTemplates,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /** What was read last time is there at once; Meta is asked in the background. */
  async start(): Promise<void> {
    await this.templates.refresh();
    setMaxListeners(0, this.stopping.signal); // each profile waits with it; Node warns of more than 10
    const ofProfiles = Object.entries(this.config.profiles).map(([name, profile]) =>
      this.keepRead(name, profile.template_sync_minutes * 60_000),
    );
    this.loops = [...ofProfiles, this.keepRefreshed()];
  }

  /** Every account was read, or could not be. */
  async ready(): Promise<void> {
    await Promise.all(Object.keys(this.config.profiles).map((profile) => this.sync(profile)));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([...this.loops, ...this.underWay.values()]); // who asked hears of a failure
  }

  /**
   * Reads one account now. Asked while a reading is under way, it reads once more after it: that one may have passed the
   * page which has changed. Never throws but for bugs and a Redis that is away.
   */
  sync(profile: string): Promise<SyncResult> {
    const ongoing = this.underWay.get(profile);
    if (!ongoing) return this.begin(profile);
    let next = this.waiting.get(profile);
    if (!next) {
      const again = () => {
        this.waiting.delete(profile);
        return this.begin(profile);
      };
      next = ongoing.then(again, again);
      this.waiting.set(profile, next);
    }
    return next;
  }

  private begin(profile: string): Promise<SyncResult> {
    const work = this.read(profile).finally(() => this.underWay.delete(profile));
    this.underWay.set(profile, work);
    return work;
  }

  private async read(name: string): Promise<SyncResult> {
    const profile = profileOf(this.config, name);
    if (!profile)
      return { ok: false, problem: { code: 'profile_unknown', message: `"${name}" is no longer configured.` } };
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(READING_MS)]);
    const beganAtMs = await this.store.nowMs();
    const listing = await listTemplates(this.graph, name, profile, signal);
    if (listing.ok) await this.store.save(name, profile.waba_id, listing.templates, beganAtMs);
    else if (!this.stopping.signal.aborted) await this.store.noteFailure(name, listing.problem);
    await this.templates.refresh();
    return listing.ok ? { ok: true, templates: listing.templates.length } : listing;
  }

  private async keepRead(profile: string, everyMs: number): Promise<void> {
    let failures = 0;
    await this.pause(FIRST_READING_MS);
    while (!this.stopping.signal.aborted) {
      const problem = await this.tried(profile);
      failures = problem ? failures + 1 : 0;
      if (failures === 1 && !this.stopping.signal.aborted) {
        const found = { profile, code: problem?.code, reason: problem?.message };
        this.log.warn(found, 'the list of WhatsApp templates could not be read; what was read before stays in use');
      }
      await this.pause(failures === 0 ? everyMs : Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), everyMs));
      if (failures === 0) await this.pause(await this.readByOthersMs(profile, everyMs));
    }
  }

  private async tried(profile: string): Promise<Problem | undefined> {
    try {
      const result = await this.sync(profile);
      return result.ok ? undefined : result.problem;
    } catch (error) {
      return { code: 'store_away', message: (error as Error).message };
    }
  }

  /** How long to wait still, because another process has read the account in the meantime, ms. */
  private async readByOthersMs(profile: string, everyMs: number): Promise<number> {
    const [{ syncedAtMs = 0 } = {}] = this.templates.all(profile);
    const nowMs = await this.store.nowMs().catch(() => 0);
    return Math.max(0, Math.min(everyMs, syncedAtMs + everyMs - nowMs));
  }

  private async keepRefreshed(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.pause(REFRESH_MS);
      await this.templates.refresh().catch((error: unknown) => {
        this.log.debug({ err: error }, 'the stored WhatsApp templates could not be read; tried again');
      });
    }
  }

  /** Ends early when the program stops. */
  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
