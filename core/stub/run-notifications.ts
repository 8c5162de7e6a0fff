import type { Delivery } from '../contract/channel.js';
import type { JsonObject } from '../contract/json.js';
import type { NotificationRecord, Problem } from '../contract/stub.js';
import type { SendTo, TemplateNotification } from '../contract/stub-template.js';
import { type Addressee, addresseesOf } from '../notification/addressing.js';
import { substitute } from '../template/substitution.js';
import { derivedUuid } from './ids.js';
import { type PlannedDelivery, problemOf, type RunDraft, rootsOf } from './run.js';

/** Turns each notification into its deliveries. What cannot be sent is a failed delivery; the rest go on. */
export async function planNotifications(
  notifications: readonly TemplateNotification[],
  draft: RunDraft,
): Promise<void> {
  for (const notification of notifications) {
    const record = await planNotification(notification, draft);
    draft.post = { ...draft.post, notifications: { ...draft.post.notifications, [notification.key]: record } };
  }
}

async function planNotification(notification: TemplateNotification, draft: RunDraft): Promise<NotificationRecord> {
  try {
    if (!(await draft.world.holds(notification.conditions, rootsOf(draft)))) return { skipped: true, deliveries: [] };
    const written = { send_to: notification.sendTo, platforms: notification.platforms } as unknown as JsonObject;
    const { send_to, platforms } = substitute(written, rootsOf(draft)) as unknown as {
      send_to: Record<string, SendTo>;
      platforms: Record<string, JsonObject>;
    };
    const addressees = await addresseesOf(send_to, draft.stub, draft.world.contacts);
    const planned: PlannedDelivery[] = [];
    for (const [channel, settings] of Object.entries(platforms)) {
      planned.push(...(await planOnChannel(notification.key, channel, settings, addressees, draft)));
    }
    draft.deliveries.push(...planned);
    return { deliveries: planned.map(({ delivery }) => delivery.id) };
  } catch (error) {
    return { error: problemOf(error), deliveries: [] };
  }
}

async function planOnChannel(
  notification: string,
  channelId: string,
  settings: JsonObject,
  addressees: readonly Addressee[],
  draft: RunDraft,
): Promise<PlannedDelivery[]> {
  const channel = draft.world.channels.get(channelId)!; // the loader refuses templates that name another
  const plans = await Promise.all(
    addressees.map((addressee) =>
      'problem' in addressee ? undefined : channel.plan({ settings, recipient: addressee.to }),
    ),
  );
  const at = new Date(draft.world.nowMs).toISOString();
  const reached = new Set<string>();
  return addressees.flatMap((addressee, position) => {
    const id = derivedUuid('delivery', draft.post.stubpostuuid, notification, channelId, String(position));
    const contact = 'to' in addressee ? addressee.to.contact : undefined;
    const base: Omit<Delivery, 'to' | 'message' | 'options' | 'show_all_statuses'> = {
      v: 1,
      id,
      channel: channelId,
      origin: {
        stubref: draft.stub.stubref,
        stubpostuuid: draft.post.stubpostuuid,
        notification,
        recipient: addressee.recipient,
        ...(contact && { contactuuid: contact.contactuuid }),
      },
      created_at: at,
    };
    const failed = (to: string, problem: Problem, profile?: string): PlannedDelivery[] => [
      {
        delivery: { ...base, to, message: {}, options: {}, show_all_statuses: false, ...(profile && { profile }) },
        step: { status: 'failed', at, error: problem },
      },
    ];
    if ('problem' in addressee) return failed(addressee.given, addressee.problem);
    const plan = plans[position]!;
    if (!plan.ok) return failed(plan.to ?? '', plan.problem, plan.profile);
    if (reached.has(`${plan.profile} ${plan.to}`)) return []; // a client reached twice is sent to once
    reached.add(`${plan.profile} ${plan.to}`);
    const delivery: Delivery = {
      ...base,
      to: plan.to,
      message: plan.message,
      options: plan.options,
      show_all_statuses: plan.show_all_statuses ?? false,
      ...(plan.profile !== undefined && { profile: plan.profile }),
    };
    const body = { type: 'deliver', delivery: id, ...plan.options, origin: base.origin };
    return [{ delivery, step: { status: 'queued', at }, tell: { to: plan.via, id, body } }];
  });
}
