import type { Newable } from 'inversify';
import type { SubstitutionHelper } from '../../contract/substitution-helper.js';
import { DeterministicUuid } from './deterministic-uuid.js';
import { FileUrl } from './file-url.js';
import { StubUrl } from './stub-url.js';

/** What core itself contributes to `SubstitutionHelper`. */
export const CORE_HELPERS: readonly Newable<SubstitutionHelper>[] = [DeterministicUuid, FileUrl, StubUrl];
