import { inject, injectable } from 'inversify';
import { missingIn, type TemplateLookup, type WhatsAppTemplate } from '../messages/whatsapp-template.js';
import { WhatsAppConfig } from '../profile.js';
import { type Catalogue, CatalogueStore, type SyncFailure } from './catalogue-store.js';

/** What one profile's account holds, as it was last read from Meta. */
export interface ProfileCatalogue {
  readonly profile: string;
  readonly templates: readonly WhatsAppTemplate[];
  /** ms on the one clock; absent before the first reading. */
  readonly syncedAtMs?: number;
  /** The newest reading failed; what is here is older. */
  readonly failure?: SyncFailure;
}

interface Held {
  readonly catalogue?: Catalogue;
  readonly failure?: SyncFailure;
  readonly byKey: ReadonlyMap<string, WhatsAppTemplate>;
}

const NOTHING: Held = { byKey: new Map() };
const keyOf = (name: string, language: string) => `${name} ${language}`;

/**
 * The WhatsApp templates of each profile's account: in memory, from Redis; `CatalogueSync` brings them there from Meta.
 * Used where a message is built, so asking costs no I/O.
 */
@injectable()
export class WhatsAppTemplates {
  private readonly held = new Map<string, Held>();
  private version: string | null = null;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(CatalogueStore) private readonly store: CatalogueStore,
  ) {}

  /** A template by name and Meta's language code. `not_synced` until the account was read once: then nothing can be said. */
  lookup(profile: string, name: string, language: string): TemplateLookup {
    const { catalogue, byKey } = this.held.get(profile) ?? NOTHING;
    if (!catalogue) return { known: 'not_synced' };
    const template = byKey.get(keyOf(name, language));
    if (template) return { known: 'found', template };
    return missingIn(catalogue.templates, name);
  }

  /** Of every configured profile, or of one. */
  all(only?: string): readonly ProfileCatalogue[] {
    return Object.keys(this.config.profiles)
      .filter((profile) => only === undefined || profile === only)
      .map((profile) => {
        const { catalogue, failure } = this.held.get(profile) ?? NOTHING;
        return {
          profile,
          templates: catalogue?.templates ?? [],
          ...(catalogue && { syncedAtMs: catalogue.synced_at_ms }),
          ...(failure && { failure }),
        };
      });
  }

  /** Takes over what stands in Redis, where any process has changed it since the last look. */
  async refresh(): Promise<void> {
    const version = await this.store.version();
    if (version === this.version) return;
    const stored = await this.store.read();
    for (const [profile, { waba_id }] of Object.entries(this.config.profiles)) {
      const { catalogue, failure } = stored.get(profile) ?? {};
      // That of another account says nothing about this one: the configuration has changed since.
      const own = catalogue?.waba_id === waba_id ? catalogue : undefined;
      const byKey = new Map((own?.templates ?? []).map((each) => [keyOf(each.name, each.language), each]));
      this.held.set(profile, { byKey, ...(own && { catalogue: own }), ...(failure && { failure }) });
    }
    this.version = version;
  }
}
