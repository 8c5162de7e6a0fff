import type { Write } from '../contract/actor-kind.js';
import type { Problem } from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';
import { providerIdWrite, roundMark, stepWrites, ticketWrite } from './delivery.js';
import { providerMessageWrites } from './lane-attempt.js';
import type { Current, LaneItem } from './lane-state.js';

/** What a lane notes on its deliveries. Each note is made once, however often it is decided. */
export class LaneHistory {
  constructor(
    private readonly channel: string,
    private readonly queue: string,
    private readonly keys: Keys,
  ) {}

  /** The owner's ticket, for when the delivery comes back after the lane was done with it. */
  setsOut({ delivery, ticket }: LaneItem): Write[] {
    return ticket === undefined ? [] : [ticketWrite(this.keys, delivery, ticket)];
  }

  sending(current: Current, nowMs: number, note?: string): Write[] {
    return this.noted(current, nowMs, '', { ...(note !== undefined && { note }) });
  }

  refused(current: Current, nowMs: number, error: Problem, note: string): Write[] {
    return this.noted(current, nowMs, ':refused', { error, note });
  }

  preparing(current: Current, nowMs: number): Write[] {
    return this.noted(current, nowMs, ':prepare:refused', { note: 'A file of it goes to the provider first.' });
  }

  unknown(current: Current, nowMs: number, error: Problem, waitMs: number): Write[] {
    const note = `The outcome is unknown; waiting ${waitMs} ms for a status.`;
    return [
      ...this.noted(current, nowMs, ':unknown', { error, note }),
      ['HINCRBY', this.keys.unknownOutcomes(), this.queue, 1],
    ];
  }

  accepted(
    delivery: string,
    round: number,
    { providerId, note }: { readonly providerId: string; readonly note?: string },
    nowMs: number,
  ): Write[] {
    const step = { status: 'accepted', at: iso(nowMs), ...(note !== undefined && { note }) } as const;
    return [
      ...stepWrites(this.keys, delivery, step, roundMark(round)),
      ...providerMessageWrites(this.keys, this.channel, providerId, delivery, nowMs),
      providerIdWrite(this.keys, delivery, providerId, round),
    ];
  }

  failed(delivery: string, error: Problem, nowMs: number): Write[] {
    const counted: Write[] =
      error.code === 'unknown_outcome' ? [['HINCRBY', this.keys.unresolvedOutcomes(), this.queue, 1]] : [];
    return [...stepWrites(this.keys, delivery, { status: 'failed', at: iso(nowMs), error }), ...counted];
  }

  private noted(
    { delivery, round, attempts }: Current,
    nowMs: number,
    what: string,
    more: { readonly error?: Problem; readonly note?: string },
  ): Write[] {
    const step = { status: 'sending', at: iso(nowMs), ...more } as const;
    return stepWrites(this.keys, delivery, step, `#${round}.${attempts}${what}`);
  }
}

export const iso = (ms: number): string => new Date(ms).toISOString();
