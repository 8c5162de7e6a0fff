import { createHash } from 'node:crypto';

/**
 * The name of a timer's job: the SHA-1 of the timer's id, in hex. Timer ids contain phone numbers, and BullMQ repeats job names
 * in key names, in its event streams and on the queue board.
 */
export const jobIdOf = (id: string): string => createHash('sha1').update(id).digest('hex');
