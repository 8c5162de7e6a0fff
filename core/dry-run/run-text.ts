import type { PostView } from '../stub/stub-store.js';
import type { DryRunView, ForeseenDelivery } from './dry-run-view.js';

const OUTCOMES = {
  sent: 'would be sent at once',
  waits: 'would wait: its senders are paused, or its conversation is held',
  stashed: 'would wait in the stash until the client consents',
  failed: 'would fail',
} as const;

/** A dry run as people read it. */
export function dryRunText(view: DryRunView): string {
  const { stubpost, stub, deliveries, also_sent, letters, timers, events } = view;
  return [
    `Dry run of ${stubpost.action_name} on ${stubpost.stubref}: nothing is sent, stored or called. The ids in this preview are not real.`,
    `State: ${stubpost.from_state ?? '(new)'} → ${stubpost.to_state}`,
    ...section('Tasks', taskLines(stubpost)),
    ...section('Notifications', notificationProblems(stubpost)),
    ...section('Messages', deliveries.flatMap(deliveryLines)),
    ...section('With them, of the channel’s own accord', also_sent.flatMap(deliveryLines)),
    ...section(
      'Letters',
      letters.map(({ to, letter }) => `${to.kind} ${to.id}: ${JSON.stringify(letter)}`),
    ),
    ...section(
      'Timers',
      timers.map(({ at, to, letter }) => `${at} ${to.kind} ${to.id}: ${JSON.stringify(letter)}`),
    ),
    ...section(
      'Events',
      events.map(({ path, mechanism, data }) => `${mechanism} ${path}: ${JSON.stringify(data)}`),
    ),
    ...section('Stubpost', indented(stubpost)),
    ...section('Data of the stub afterwards', indented(stub.data)),
  ].join('\n');
}

/** The stubpost of a run as people read it. */
export function postText(post: PostView): string {
  const deliveries = Object.entries(post.notifications).flatMap(([key, { deliveries: all }]) =>
    all.map(({ channel, profile, to, status, history }) => {
      const error = history.findLast((step) => step.error)?.error;
      return `${key}: ${where(channel, profile, to)}: ${status}${error ? ` (${error.code}: ${error.message})` : ''}`;
    }),
  );
  return [
    `${post.action_name} on ${post.stubref}: stubpost ${post.stubpostuuid}`,
    ...(post.refused ? [`Refused: ${post.refused.code}: ${post.refused.message}`] : []),
    `State: ${post.from_state ?? '(new)'} → ${post.to_state}`,
    ...section('Tasks', taskLines(post)),
    ...section('Notifications', [...notificationProblems(post), ...deliveries]),
    ...section('Stubpost', indented(post)),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

const indented = (value: unknown): string[] => JSON.stringify(value, null, 2).split('\n');

const where = (channel: string, profile: string | undefined, to: string): string =>
  [channel, profile, to].filter((part) => part !== undefined && part !== '').join(' ');

function taskLines({ tasks }: PostView): string[] {
  return Object.entries(tasks).map(([key, { success, skipped, error, payload }]) => {
    if (skipped) return `${key}: skipped, its conditions do not hold`;
    const shown = payload === undefined ? '' : ` ${JSON.stringify(payload)}`;
    return success ? `${key}: done${shown}` : `${key}: failed, ${error?.code}: ${error?.message}${shown}`;
  });
}

function notificationProblems({ notifications }: PostView): string[] {
  return Object.entries(notifications).flatMap(([key, { skipped, error }]) => {
    if (skipped) return [`${key}: skipped, its conditions do not hold`];
    return error ? [`${key}: failed, ${error.code}: ${error.message}`] : [];
  });
}

/** Switches of the channel's own say nothing to people. */
const changesIn = (options: ForeseenDelivery['options'] = {}): string[] =>
  Object.entries(options).flatMap(([key, value]) =>
    typeof value === 'object' ? `${key} ${JSON.stringify(value)}` : [],
  );

function deliveryLines(delivery: ForeseenDelivery): string[] {
  const { notification, recipient, channel, profile, to, outcome, error, note, request, message, options } = delivery;
  const whose = notification === undefined ? '' : `${notification}, ${recipient}: `;
  return [
    `${whose}${where(channel, profile, to)}: ${OUTCOMES[outcome]}`,
    ...(error ? [`  ${error.code}: ${error.message}`] : []),
    ...(note === undefined ? [] : [`  ${note}`]),
    ...(request?.first ?? []).map((first) => `  First: ${first}`),
    ...(request ? [`  ${request.method} ${request.url}`] : []),
    ...(request || message ? indented(request?.body ?? message).map((line) => `  ${line}`) : []),
    ...changesIn(options).map((change) => `  With it: ${change}`),
  ];
}
