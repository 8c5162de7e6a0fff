import type { LiveEvent } from './event-stream.js';
import { matches } from './path-pattern.js';

/** Events that wait for a slow watcher. */
const BUFFER = 1_000;

export type CloseReason = 'done' | 'slow' | 'stopping' | 'store_away';

/**
 * One watcher's events, in the order of the stream, each once. It ends when it is closed; `closedBecause` says why. Who
 * does not take them in time is closed as `slow` and may come back with the last entry id it saw.
 */
export class EventSubscription implements AsyncIterable<LiveEvent> {
  private readonly buffer: LiveEvent[] = [];
  /** What came live while the past is still being handed out; undefined once the watcher is live. */
  private held: LiveEvent[] | undefined;
  private lastEntryId: string;
  private reason: CloseReason | undefined;
  private wakeTaker: () => void = () => undefined;
  private wakeGiver: () => void = () => undefined;

  constructor(
    readonly pattern: string,
    after: string | undefined,
    private readonly onClose: (closed: EventSubscription) => void,
  ) {
    this.held = after === undefined ? undefined : [];
    this.lastEntryId = after ?? '0-0';
  }

  get closedBecause(): CloseReason | undefined {
    return this.reason;
  }

  get isClosed(): boolean {
    return this.reason !== undefined;
  }

  /** An event that is emitted now. */
  push(event: LiveEvent): void {
    const queue = this.held ?? this.buffer;
    if (queue.length >= BUFFER) this.close('slow');
    else if (this.held) this.held.push(event);
    else this.take(event);
  }

  /** An event of the past; resolves when there is room for the next one. */
  async pushPast(event: LiveEvent): Promise<void> {
    if (!matches(this.pattern, event.path)) return;
    this.take(event);
    while (this.buffer.length >= BUFFER && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.wakeGiver = resolve;
      });
    }
  }

  /** The past is handed out: from here on what is emitted. */
  goLive(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const event of held) this.take(event);
  }

  close(reason: CloseReason): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.onClose(this);
    this.wakeTaker();
    this.wakeGiver();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<LiveEvent> {
    try {
      while (!this.isClosed) {
        const event = this.buffer.shift();
        this.wakeGiver();
        if (event) yield event;
        else await this.more();
      }
    } finally {
      this.close('done');
    }
  }

  /** An event of the past may have come live as well. */
  private take(event: LiveEvent): void {
    if (this.isClosed || !isLater(event.entryId, this.lastEntryId)) return;
    this.lastEntryId = event.entryId;
    this.buffer.push(event);
    this.wakeTaker();
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wakeTaker = resolve;
    });
  }
}

/** Entry ids are `<ms>-<sequence>`. */
export function isLater(a: string, b: string): boolean {
  const [aMs = 0, aSequence = 0] = a.split('-').map(Number);
  const [bMs = 0, bSequence = 0] = b.split('-').map(Number);
  return aMs !== bMs ? aMs > bMs : aSequence > bSequence;
}
