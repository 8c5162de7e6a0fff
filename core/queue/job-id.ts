import { createHash } from 'node:crypto';

/**
 * How a timer's job is named: the SHA-1 of the timer's id, in hex. Ids hold phone numbers, and BullMQ repeats the names of
 * jobs in key names, in its event streams and on the queue board.
 */
export const jobIdOf = (id: string): string => createHash('sha1').update(id).digest('hex');
