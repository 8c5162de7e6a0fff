import { entryOf, NO_OBJECT_SUBCODE, PARAMETER, UNKNOWN_CODE_ADVICE } from './error-codes.js';

/** The subject of a Graph call. */
export type GraphTarget = 'message' | 'read_mark' | 'commands' | 'upload' | 'media' | 'number' | 'account';

const NUMBER =
  'Meta does not know this phone_number_id, or the token has no access to it. Correct phone_number_id or access_token of the profile, then restart.';

/** Advice if Meta does not accept a parameter of the call, and if it does not know the object (100 with subcode 33). */
const ADVICE: Readonly<
  Record<Exclude<GraphTarget, 'message'>, { readonly parameter: string; readonly object: string }>
> = {
  read_mark: {
    parameter: 'Meta does not accept the message id. Name messages that clients sent to the number of this profile.',
    object: NUMBER,
  },
  commands: {
    parameter: 'Meta does not accept the commands. Correct "commands" of the profile.',
    object: NUMBER,
  },
  upload: {
    parameter: 'Meta does not accept the file. Check its type and its size against Meta’s limits.',
    object: `${NUMBER} Then resume the profile.`,
  },
  media: {
    parameter: 'Meta does not accept the media id. Ask the client to send the file again.',
    object: 'Meta has no such file: it deletes the files of clients after 7 days. Ask the client to send it again.',
  },
  number: {
    parameter: 'Meta does not accept the request about the number. Check graph_version of the profile.',
    object: NUMBER,
  },
  account: {
    parameter: 'Meta does not accept the request about the account. Check graph_version of the profile.',
    object:
      'Meta does not know this waba_id, or the token has no access to it. Correct waba_id or access_token of the profile.',
  },
};

/** Advice for the operator about one of Meta's codes in the answer to such a call. Pure. */
export function adviceFor(target: GraphTarget, code: number, subcode?: number): string {
  const entry = entryOf(code, subcode);
  if (!entry) return UNKNOWN_CODE_ADVICE;
  if (target === 'message') return entry.advice;
  if (code === 100 && subcode === NO_OBJECT_SUBCODE) return ADVICE[target].object;
  return entry.advice === PARAMETER ? ADVICE[target].parameter : entry.advice;
}
