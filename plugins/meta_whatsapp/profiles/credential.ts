import { createHash } from 'node:crypto';
import type { SendOutcome } from '../../../core/index.js';
import { isAboutToken } from '../error-codes.js';
import type { Profile } from '../profile.js';

/** Tells one access token from another: the first 16 hex digits of its SHA-256, all that is stored of it. */
export const fingerprintOf = ({ access_token }: Pick<Profile, 'access_token'>): string =>
  createHash('sha256').update(access_token).digest('hex').slice(0, 16);

/** The outcome, with whose token it was where Meta refuses the profile for its token's sake. */
export function withCredential(outcome: SendOutcome, profile: Pick<Profile, 'access_token'>): SendOutcome {
  if (outcome.result !== 'halt' || !isAboutToken(outcome.problem.provider_code)) return outcome;
  return { ...outcome, credential: fingerprintOf(profile) };
}
