import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Turn } from '../../../core/index.js';
import { CatalogueSync } from './catalogue-sync.js';
import { TEMPLATES_KIND, type TemplatesChangedLetter } from './template-changes.js';

/** After a reading the next one waits this long: Meta reports each of many approvals by itself, and counts our calls. */
const REST_MS = 10_000;

interface ChangeState {
  /** Something has changed since the last reading began. */
  readonly isWanted: boolean;
  readonly notBeforeMs: number;
}

/** How a reading ended is noted by `CatalogueSync`, which also tries again. */
interface ReadLetter {
  readonly type: 'read';
}

/** Reads a profile's WhatsApp templates anew when Meta says that one has changed; many changes at a time in one reading. */
@injectable()
export class TemplateChangeActor implements ActorKind<ChangeState, TemplatesChangedLetter | ReadLetter, ReadLetter> {
  readonly kind = TEMPLATES_KIND;
  readonly queue = TEMPLATES_KIND;
  readonly stateVersion = 1;

  constructor(@inject(CatalogueSync) private readonly catalogue: CatalogueSync) {}

  initial(): ChangeState {
    return { isWanted: false, notBeforeMs: 0 };
  }

  decide({ state }: Turn<ChangeState>, { body }: Letter<TemplatesChangedLetter | ReadLetter>): Decision<ChangeState> {
    return { state: body.type === 'templates_changed' ? { ...state, isWanted: true } : state };
  }

  next({ state, nowMs }: Turn<ChangeState>): Decision<ChangeState, ReadLetter> | undefined {
    if (!state.isWanted || nowMs < state.notBeforeMs) return undefined;
    return {
      state: { isWanted: false, notBeforeMs: nowMs + REST_MS },
      call: { id: `read:${nowMs}`, task: { type: 'read' } },
    };
  }

  wakeAtMs({ isWanted, notBeforeMs }: ChangeState): number | undefined {
    return isWanted ? notBeforeMs : undefined;
  }

  /** Done again where a process died in it: it changes nothing at Meta. */
  async call(task: ReadLetter, { actorId }: { readonly actorId: string }): Promise<ReadLetter> {
    await this.catalogue.sync(actorId);
    return task;
  }
}
