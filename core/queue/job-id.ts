import { createHash } from 'node:crypto';

/**
 * How a job is named for an actor or a timer: the SHA-1 of its id, in hex. Ids hold phone numbers, and BullMQ repeats the
 * names of jobs in key names, in its event streams and on the queue board. SHA-1, because Lua scripts can make it too.
 */
export const jobIdOf = (id: string): string => createHash('sha1').update(id).digest('hex');
