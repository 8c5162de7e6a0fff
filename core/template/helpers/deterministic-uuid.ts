import { injectable } from 'inversify';
import { v5, validate } from 'uuid';
import type { Json } from '../../contract/json.js';
import type { HelperCall, SubstitutionHelper } from '../../contract/substitution-helper.js';

/** The namespace where a call names none. It is published: whoever knows the text can make the same id. */
export const NAMESPACE = 'ebef3e19-d416-4611-82da-83b4c22be2e7';

/**
 * `deterministicuuid`: the UUID of version 5 of a text (RFC 9562) in a namespace, ours or the one given. The same text
 * gives the same id always and everywhere; it is a name and no secret.
 */
@injectable()
export class DeterministicUuid implements SubstitutionHelper {
  readonly name = 'deterministicuuid';
  readonly usage = 'deterministicuuid(text, namespace?)';
  readonly arity = [1, 2] as const;
  readonly takesContent = true;

  run({ args }: HelperCall): Json | undefined {
    const [text, namespace = NAMESPACE] = args;
    if (args.includes(undefined) || text === null || text === undefined) return undefined;
    if (typeof text === 'object') throw new Error('deterministicuuid takes a text, and got a list or a map');
    if (typeof namespace !== 'string' || !validate(namespace))
      throw new Error('the namespace of deterministicuuid is no UUID');
    return v5(String(text), namespace);
  }
}
