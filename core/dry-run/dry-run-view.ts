import type { Tell, Timer, Write } from '../contract/actor-kind.js';
import type { ProviderRequest } from '../contract/channel.js';
import type { JsonObject } from '../contract/json.js';
import type { DeliveryView, Problem } from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';
import type { StubView } from '../stub/stub-desk.js';
import type { PostView } from '../stub/stub-store.js';

/** What would become of one delivery. */
export interface ForeseenDelivery {
  readonly id: string;
  /** The notification's key; absent for what a channel sends of its own accord. */
  readonly notification?: string;
  readonly recipient: string;
  readonly channel: string;
  readonly profile?: string;
  readonly to: string;
  /** `sent`: at once, in its turn. `waits`: its senders are paused, or its conversation holds it. `stashed`: until the client consents. `failed`: never. */
  readonly outcome: 'sent' | 'waits' | 'stashed' | 'failed';
  /** Why it fails, or waits. */
  readonly error?: Problem;
  readonly note?: string;
  /** As the provider would get it. */
  readonly request?: ProviderRequest;
  /** As planned, where the channel does not show its requests. */
  readonly message?: JsonObject;
  /** What else the channel's actors do with it: changes of a stubsession. */
  readonly options?: JsonObject;
}

/** The result that a run of an action would have. The ids in this preview are not real. */
export interface DryRunView {
  readonly dry_run: true;
  readonly stubpost: PostView;
  /** As it would be afterwards. */
  readonly stub: StubView;
  readonly deliveries: readonly ForeseenDelivery[];
  /** Messages that would leave because of them: interaction requests. */
  readonly also_sent: readonly ForeseenDelivery[];
  /** Letters to actors: actions that are sent, stubs that are made, sessions that are set. */
  readonly letters: readonly {
    readonly to: { readonly kind: string; readonly id: string };
    readonly letter: unknown;
  }[];
  readonly timers: readonly {
    readonly at: string;
    readonly to: { readonly kind: string; readonly id: string };
    readonly letter: unknown;
  }[];
  readonly events: readonly { readonly path: string; readonly mechanism: string; readonly data: JsonObject }[];
}

export const lettersOf = (tells: readonly Tell[]): DryRunView['letters'] =>
  tells.map(({ to, body }) => ({ to, letter: body }));

export const timersOf = (timers: readonly Timer[]): DryRunView['timers'] =>
  timers.map(({ atMs, tell: { to, body } }) => ({ at: new Date(atMs).toISOString(), to, letter: body }));

/** The events that writes of a run put on the live stream. */
export function eventsOf(writes: readonly Write[], keys: Keys): DryRunView['events'] {
  return writes.flatMap(([command, key, ...args]) => {
    if (command !== 'XADD' || key !== keys.events()) return [];
    const fields = args.slice(args.indexOf('*') + 1); // name and value by turns
    const field = (name: string): string =>
      String(fields[fields.findIndex((part, at) => at % 2 === 0 && part === name) + 1]);
    return [{ path: field('path'), mechanism: field('mechanism'), data: JSON.parse(field('data')) as JsonObject }];
  });
}

/** The stubpost as it would be shown, with its deliveries as foreseen. */
export function foreseenPost(
  {
    notifications,
    ...post
  }: Omit<PostView, 'notifications'> & {
    readonly notifications: {
      readonly [key: string]: {
        readonly skipped?: true;
        readonly error?: Problem;
        readonly deliveries: readonly string[];
      };
    };
  },
  deliveries: readonly ForeseenDelivery[],
  at: string,
): PostView {
  const views = Object.entries(notifications).map(([key, { deliveries: ids, ...rest }]) => {
    const own = ids.flatMap((id) => deliveries.find((delivery) => delivery.id === id) ?? []);
    const success = !rest.error && own.every(({ outcome }) => outcome !== 'failed');
    return [key, { success, ...rest, deliveries: own.map((delivery) => deliveryView(delivery, at)) }] as const;
  });
  return { ...post, notifications: Object.fromEntries(views) };
}

const STATUSES = { sent: 'queued', waits: 'queued', stashed: 'stashed', failed: 'failed' } as const;

function deliveryView(
  { id, recipient, channel, profile, to, outcome, error, note }: ForeseenDelivery,
  at: string,
): DeliveryView {
  const status = STATUSES[outcome];
  const step = { status, at, ...(outcome === 'failed' && error && { error }), ...(note !== undefined && { note }) };
  return { id, recipient, channel, ...(profile !== undefined && { profile }), to, status, history: [step] };
}

/** Whether a step of it would fail. */
export const hasFailure = ({ tasks, notifications, refused }: PostView): boolean =>
  refused !== undefined ||
  Object.values(tasks).some(({ success }) => !success) ||
  Object.values(notifications).some(
    ({ error, deliveries }) => error !== undefined || deliveries.some(({ status }) => status === 'failed'),
  );
