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
import { FillBudget } from '../template/fill-budget.js';
import type { LeftOut } from '../template/filling.js';
import { derivedUuid } from './ids.js';
import { filledIn, isOutage, problemOf, type RunDraft, rootsOf } from './run.js';

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
    const leftOut: LeftOut[] = [];
    const budget = FillBudget.forRecipients();
    const { send_to, platforms } = filledIn(written, draft, { budget, leftOut }) as unknown as {
      send_to: Record<string, SendTo>;
      platforms: Record<string, JsonObject>;
    };
    const addressees = await addresseesOf(send_to, draft.stub, draft.world.contacts);
    const planned: PlannedDelivery[] = [];
    for (const [channel, settings] of Object.entries(platforms)) {
      const own = leftOut.filter(({ path }) => path[0] === 'platforms' && path[1] === channel);
      const filled = { settings, leftOut: own.map(({ path, ...rest }) => ({ ...rest, path: path.slice(2) })) };
      planned.push(...(await planOnChannel(notification, addressees, { channel, filled, budget, draft })));
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
  addressees: readonly Addressee[],
  about: Omit<Step, 'written'>,
): Promise<PlannedDelivery[]> {
  const { channel, draft } = about;
  const all = await Promise.all(
    addressees.map((addressee, position) =>
      planFor(addressee, aboutDelivery(notification.key, channel, addressee, position, draft), {
        ...about,
        written: notification.platforms[channel]!,
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

interface Filled {
  readonly settings: JsonObject;
  /** Paths below the settings. */
  readonly leftOut: readonly LeftOut[];
}

interface Step {
  readonly channel: string;
  /** After substitution, for everybody alike. */
  readonly filled: Filled;
  /** What all of the notification may cost. */
  readonly budget: FillBudget;
  /** As the template has it. */
  readonly written: JsonObject;
  readonly draft: RunDraft;
}

async function planFor(
  addressee: Addressee,
  about: ReturnType<typeof aboutDelivery>,
  { channel, filled, budget, written, draft }: Step,
): Promise<PlannedDelivery> {
  if ('problem' in addressee) return failedDelivery(about, addressee.given, addressee.problem);
  const { channels, lids, nowMs } = draft.world;
  // `enable_lids` is a key of every channel that takes it: each recipient's texts are filled in with a LID of their own.
  const lid = filled.settings['enable_lids'] === true ? await lids.lidOf('delivery', about.id) : undefined;
  const { settings, leftOut } = lid === undefined ? filled : filledFor(written, draft, { lid, budget });
  const plan = await channels
    .get(channel)! // the loader refuses templates that name another
    .plan({ settings, leftOut, recipient: addressee.to, stubref: draft.stub.stubref });
  const planned = plannedDelivery(about, plan);
  if (lid === undefined || !planned.tell) return planned;
  return { ...planned, writes: lids.writes(lid, { ...about.origin }, LID_MS, nowMs) };
}

function filledFor(
  written: JsonObject,
  draft: RunDraft,
  own: { readonly lid: string; readonly budget: FillBudget },
): Filled {
  const leftOut: LeftOut[] = [];
  return { settings: filledIn(written, draft, { ...own, leftOut }) as JsonObject, leftOut };
}
