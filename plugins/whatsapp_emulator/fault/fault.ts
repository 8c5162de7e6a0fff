import { z } from 'zod';
import { RECEIVING_CLIENT_KINDS, RECEIVING_SEND_KINDS, receivingFaults } from '../webhook/receiving-faults.js';
import { ANSWERING_KINDS, answeringFaults } from './answering-faults.js';

const target = {
  /** Strikes calls for this client only: a number, or a user id that has been seen. */
  client: z.string().max(140).optional(),
  profile: z.string().max(64).optional(),
  /** Strikes so often, then is gone. Default: until it is deleted. */
  times: z.int().min(1).max(1_000_000).optional(),
};

/** What can be asked to go wrong. See the table in the README. */
export const FaultRequest = z.discriminatedUnion('kind', [
  ...answeringFaults(target),
  z.strictObject({ kind: z.literal('fail_status'), code: z.int().min(0).max(9_999_999), ...target }),
  /** What Meta says of a template that it takes and holds back. */
  z.strictObject({
    kind: z.literal('hold_template'),
    message_status: z.enum(['held_for_quality_assessment', 'paused']).default('held_for_quality_assessment'),
    ...target,
  }),
  z.strictObject({ kind: z.literal('duplicate_webhooks'), ...target }),
  z.strictObject({ kind: z.literal('hold_statuses'), client: target.client, profile: target.profile }),
  ...receivingFaults(target),
]);
export type FaultRequest = z.output<typeof FaultRequest>;
export type Fault = FaultRequest & { readonly id: string };

/** Kinds that strike a Graph call, and kinds that strike what a client writes; as the script takes them. */
export const GRAPH_KINDS = `${ANSWERING_KINDS}fail_status hold_template duplicate_webhooks hold_statuses ${RECEIVING_SEND_KINDS}`;
export const CLIENT_KINDS = ` duplicate_webhooks hold_statuses ${RECEIVING_CLIENT_KINDS}`;

/** The faults that strike one call, by kind. */
export type Struck = { readonly [Kind in Fault['kind']]?: Extract<Fault, { kind: Kind }> };

export const struckBy = (faults: readonly Fault[]): Struck =>
  Object.fromEntries(faults.map((fault) => [fault.kind, fault]));
