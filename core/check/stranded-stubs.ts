import { inject, injectable } from 'inversify';
import { didYouMean, listed } from '../config/nearest.js';
import { type CheckAround, type Remark, TemplateCheck } from '../contract/template-check.js';
import type { TemplateOutline } from '../contract/template-outline.js';
import { StubStore } from '../stub/stub-store.js';

/** Stubs that a changed template has left behind. They are in Redis: where that does not answer, nothing is said. */
@injectable()
export class StrandedStubs implements TemplateCheck {
  readonly id = 'stranded-stubs';
  readonly level = 'warning';
  readonly means = 'Stubs are in a state that the template no longer has';
  readonly help =
    'Only base actions run on them. Put the state back, or move each stub: run _update with data.state, or _reopen. Looked for where Redis answers.';

  constructor(@inject(StubStore) private readonly stubs: StubStore) {}

  async check({ name, states }: TemplateOutline, { storeAnswers }: CheckAround): Promise<readonly Remark[]> {
    if (!storeAnswers) return [];
    const there = states.map((state) => state.name);
    const stranded = await this.stubs.stranded(name, new Set(there));
    return stranded.map(({ state, count, newest }) => {
      const stand = count === 1 ? '1 stub is' : `${count} stubs are`;
      const refs = listed(newest) + (count > newest.length ? ', …' : '');
      const message = `${stand} in the state "${state}", which this template no longer has, so only base actions run there: ${refs}.${didYouMean(state, there)} Put the state back, or run _update with data.state: one of ${listed(there)}.`;
      return { path: ['states'], at: 'key', message };
    });
  }
}
