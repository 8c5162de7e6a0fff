import { StubwireError } from '../errors.js';

/** First words of Redis errors that refuse all commands or all writes. */
const REFUSALS: { readonly [word: string]: string } = {
  OOM: 'its memory is full. Raise maxmemory, or give its machine more memory.',
  MISCONF: 'it cannot save to its disk. Look at its log and at the space on its disk.',
  READONLY: 'it is a read-only replica. Point redis.url at the primary.',
  LOADING: 'it is still loading its data. It answers by itself once that is done.',
  NOAUTH: 'it asks for a password. Put it into redis.url.',
  WRONGPASS: 'it does not accept the user or the password. Correct them in redis.url.',
  NOPERM: 'its user may not run the commands that the program needs. Give that user the rights (ACL SETUSER).',
  MASTERDOWN: 'it is a replica that has lost its primary. Repair the replication, or point redis.url at the primary.',
  NOREPLICAS: 'it has fewer replicas than it needs to take writes. Repair the replication.',
  BUSY: 'it is busy with a script. It answers by itself once that is done.',
};

/**
 * The `store_away` error for a Redis error that refuses all work, such as full memory; undefined for any other error. A
 * refused transaction contains the errors of its commands. Pure.
 */
export function storeRefusal(error: unknown): StubwireError | undefined {
  const { name, message, cause, previousErrors } = Object(error) as Partial<Error> & { previousErrors?: unknown };
  if (error instanceof StubwireError) return error.code === 'store_away' && storeRefusal(cause) ? error : undefined;
  if (Array.isArray(previousErrors) && previousErrors.length > 0) return storeRefusal(previousErrors[0]);
  const word = name === 'ReplyError' ? /^[A-Z]+(?= )/.exec(message ?? '')?.[0] : undefined;
  if (word === undefined || !Object.hasOwn(REFUSALS, word)) return undefined;
  return new StubwireError('store_away', `Redis refuses to work (${word}): ${REFUSALS[word]}`, { cause: error });
}
