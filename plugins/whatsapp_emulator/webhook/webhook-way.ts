import { randomUUID } from 'node:crypto';
import type { ChatStatus } from '../chat/chat-entry.js';
import { laneOf, NO_CLIENT } from '../emulator-keys.js';
import type { Struck } from '../fault/fault.js';

/** A webhook to store. */
export interface NewWebhook {
  /** A `status` may be held back. */
  readonly kind: 'status' | 'message';
  readonly body: string;
  /** The status it carries. */
  readonly status?: ChatStatus;
  /** The message that it reports as read or played; dropped where that has been reported. */
  readonly marks?: { readonly id: string; readonly as: 'read' | 'played' };
  /** The client's message in it. */
  readonly messageId?: string;
}

/** How a webhook leaves: by which lane, how late, and with how many others in one POST. */
export interface WebhookWay {
  readonly webhook: NewWebhook;
  readonly lane: string;
  readonly waitMs: number;
  readonly batch: number;
}

function faulty(webhooks: readonly NewWebhook[], struck: Struck): readonly NewWebhook[] {
  const left = struck.skip_delivered ? webhooks.filter(({ status }) => status !== 'delivered') : webhooks;
  const twice = struck.duplicate_webhooks
    ? left.flatMap((webhook) => [webhook, { ...webhook, marks: undefined }])
    : left;
  return struck.reverse_webhooks ? twice.toReversed() : twice;
}

/**
 * The ways of a call's webhooks. Without a fault: the client's own lane, in order. Late ones go beside it, so that later
 * ones pass them; those that share a POST share a lane of the business number. A batch wins over a delay.
 */
export function waysOf(
  webhooks: readonly NewWebhook[],
  struck: Struck,
  phoneNumberId: string,
  client: string,
): readonly WebhookWay[] {
  const { batch_webhooks: batch, delay_webhooks: late } = struck;
  return faulty(webhooks, struck).map((webhook) => {
    if (batch) {
      const lane = laneOf(phoneNumberId, NO_CLIENT, `batch-${batch.size}-${batch.shape}`);
      return { webhook, lane, waitMs: batch.within_ms, batch: batch.size };
    }
    if (!late) return { webhook, lane: laneOf(phoneNumberId, client), waitMs: 0, batch: 1 };
    const lane = laneOf(phoneNumberId, client, `late-${randomUUID()}`);
    return { webhook, lane, waitMs: late.ms, batch: 1 };
  });
}
