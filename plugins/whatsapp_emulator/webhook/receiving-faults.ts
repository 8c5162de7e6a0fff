import { z } from 'zod';

const WAIT_MAX_MS = 86_400_000;
/** Meta puts up to 1,000 updates into one POST. */
const BATCH_MAX = 1_000;

/** How several updates share a POST: each its own entry, one entry with several changes, or one value with them all. */
export const BatchShape = z.enum(['entries', 'changes', 'values']);
export type BatchShape = z.output<typeof BatchShape>;

/** Faults of the way to the business: what is posted late, in another order, together or not at all. */
export const receivingFaults = <Target extends z.ZodRawShape>(target: Target) =>
  [
    z.strictObject({ kind: z.literal('reverse_webhooks'), ...target }),
    z.strictObject({ kind: z.literal('delay_webhooks'), ms: z.int().min(1).max(WAIT_MAX_MS), ...target }),
    z.strictObject({
      kind: z.literal('batch_webhooks'),
      size: z.int().min(2).max(BATCH_MAX),
      /** What is not full goes out after so long. */
      within_ms: z.int().min(1).max(WAIT_MAX_MS).default(1_000),
      shape: BatchShape.default('entries'),
      ...target,
    }),
    z.strictObject({ kind: z.literal('skip_delivered'), ...target }),
    z.strictObject({ kind: z.literal('fail_after_delivered'), code: z.int().min(0).max(9_999_999), ...target }),
  ] as const;

/** Their kinds, each between spaces, as `emulator-begin.lua` takes them: of a send, and of what a client does. */
export const RECEIVING_CLIENT_KINDS = ' reverse_webhooks delay_webhooks batch_webhooks ';
export const RECEIVING_SEND_KINDS = `${RECEIVING_CLIENT_KINDS}skip_delivered fail_after_delivered `;
