import { inject, injectable } from 'inversify';
import type { Json } from '../../contract/json.js';
import type { HelperCall, SubstitutionHelper } from '../../contract/substitution-helper.js';
import { Links } from '../../link/links.js';

/**
 * `stuburl`: a link to a page that shows where the stub stands, to whoever has it, for 7 days or the hours given. In a
 * delivery with a LID it carries that as `?lid=`, which is no part of what is signed: it says whose link it was.
 */
@injectable()
export class StubUrl implements SubstitutionHelper {
  readonly name = 'stuburl';
  readonly usage = 'stuburl(hours?)';
  readonly arity = [0, 1] as const;

  constructor(@inject(Links) private readonly links: Links) {}

  run({ args, roots, atMs }: HelperCall): Json | undefined {
    const { stubref } = (roots['stub'] ?? {}) as { readonly stubref?: string };
    if (stubref === undefined || args.includes(undefined)) return undefined;
    const link = this.links.to('stubs', stubref, atMs, args[0]);
    const lid = roots['lid'];
    return typeof lid === 'string' ? `${link}&lid=${encodeURIComponent(lid)}` : link;
  }
}
