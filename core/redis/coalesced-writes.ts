import type { Writable } from 'node:stream';

/**
 * Commands that are given in one turn of the event loop leave in one write: Redis reads them together and syncs its file
 * once for all of them. Nothing else changes: each command is still answered, and sent again after a break, by itself.
 */
export function coalesceWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let corked = false;
  stream.write = ((...args: unknown[]) => {
    if (!corked) {
      corked = true;
      stream.cork();
      setImmediate(() => {
        corked = false;
        stream.uncork();
      });
    }
    return write(...args);
  }) as typeof stream.write;
}
