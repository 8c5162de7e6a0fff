import { inject, injectable } from 'inversify';
import type { Json } from '../../contract/json.js';
import type { HelperCall, SubstitutionHelper } from '../../contract/substitution-helper.js';
import { Links } from '../../link/links.js';

const FILEUUID = /^[\w-]{1,100}$/;

/**
 * `file_url`: a link that gives out a file of the store to whoever has it, for 7 days or the hours given. The file is a file
 * object, a fileuuid, or a list, whose first counts. Whether there is such a file shows when the link is opened.
 */
@injectable()
export class FileUrl implements SubstitutionHelper {
  readonly name = 'file_url';
  readonly usage = 'file_url(file, hours?)';
  readonly arity = [1, 2] as const;

  constructor(@inject(Links) private readonly links: Links) {}

  run({ args, atMs }: HelperCall): Json | undefined {
    if (args.includes(undefined)) return undefined;
    const [given, hours] = args;
    const file = Array.isArray(given) ? given[0] : given;
    if (file === undefined || file === null) return undefined;
    const fileuuid = typeof file === 'object' && !Array.isArray(file) ? file['fileuuid'] : file;
    if (typeof fileuuid !== 'string' || !FILEUUID.test(fileuuid))
      throw new Error('file_url takes a file or its fileuuid, and got neither');
    return this.links.to('files', fileuuid, atMs, hours);
  }
}
