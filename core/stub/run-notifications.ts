import type { JsonObject } from '../contract/json.js';
import type { NotificationRecord } from '../contract/stub.js';
import type { SendTo, TemplateNotification } from '../contract/stub-template.js';
import { type Addressee, addresseesOf } from '../notification/addressing.js';
import {
  type AboutDelivery,
  failedDelivery,
  type PlannedDelivery,
  plannedDelivery,
} from '../notification/planned-delivery.js';
import { substitute } from '../template/substitution.js';
import { derivedUuid } from './ids.js';
import { isOutage, problemOf, type RunDraft, rootsOf } from './run.js';

/** How long a LID of a delivery is kept, ms. */
const LID_MS = 7 * 86_400_000;

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
      planned.push(...(await planOnChannel(notification, channel, settings, addressees, draft)));
    }
    draft.deliveries.push(...planned);
    return { deliveries: planned.map(({ delivery }) => delivery.id) };
  } catch (error) {
    if (isOutage(error)) throw error;
    return { error: problemOf(error), deliveries: [] };
  }
}

async function planOnChannel(
  notification: TemplateNotification,
  channel: string,
  settings: JsonObject,
  addressees: readonly Addressee[],
  draft: RunDraft,
): Promise<PlannedDelivery[]> {
  const all = await Promise.all(
    addressees.map((addressee, position) =>
      planFor(addressee, aboutDelivery(notification.key, channel, addressee, position, draft), {
        channel,
        settings,
        written: notification.platforms[channel]!,
        draft,
      }),
    ),
  );
  const reached = new Set<string>();
  return all.filter(({ delivery: { profile, to }, tell }) => {
    if (!tell) return true;
    const isNew = !reached.has(`${profile} ${to}`);
    reached.add(`${profile} ${to}`);
    return isNew; // a client reached twice is sent to once
  });
}

function aboutDelivery(
  notification: string,
  channel: string,
  addressee: Addressee,
  position: number,
  { stub, post, world }: RunDraft,
): AboutDelivery & { readonly origin: NonNullable<AboutDelivery['origin']> } {
  const contact = 'to' in addressee ? addressee.to.contact : undefined;
  return {
    id: derivedUuid('delivery', post.stubpostuuid, notification, channel, String(position)),
    channel,
    origin: {
      stubref: stub.stubref,
      stubpostuuid: post.stubpostuuid,
      notification,
      recipient: addressee.recipient,
      ...(contact && { contactuuid: contact.contactuuid }),
    },
    created_at: new Date(world.nowMs).toISOString(),
  };
}

interface Step {
  readonly channel: string;
  /** After substitution, for everybody alike. */
  readonly settings: JsonObject;
  /** As the template has it. */
  readonly written: JsonObject;
  readonly draft: RunDraft;
}

async function planFor(
  addressee: Addressee,
  about: ReturnType<typeof aboutDelivery>,
  { channel, settings, written, draft }: Step,
): Promise<PlannedDelivery> {
  if ('problem' in addressee) return failedDelivery(about, addressee.given, addressee.problem);
  const { channels, lids, nowMs } = draft.world;
  // `enable_lids` is a key of every channel that takes it: each recipient's texts are filled in with a LID of their own.
  const lid = settings['enable_lids'] === true ? await lids.lidOf('delivery', about.id) : undefined;
  const own = lid === undefined ? settings : (substitute(written, { ...rootsOf(draft), lid }) as JsonObject);
  const plan = await channels
    .get(channel)! // the loader refuses templates that name another
    .plan({ settings: own, recipient: addressee.to, stubref: draft.stub.stubref });
  const planned = plannedDelivery(about, plan);
  if (lid === undefined || !planned.tell) return planned;
  return { ...planned, writes: lids.writes(lid, { ...about.origin }, LID_MS, nowMs) };
}
