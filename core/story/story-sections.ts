import type { JsonObject } from '../contract/json.js';
import type { ClientMessage } from '../contract/story-clients.js';
import { masked } from '../observability/masked.js';
import { clockText } from './duration.js';
import { messageLine } from './message-match.js';
import { shownValue } from './partial-match.js';
import { postProblems } from './post-problems.js';
import { skippedSteps } from './skipped-steps.js';
import type { Section } from './story-outcome.js';
import type { StoryWorld } from './story-world.js';

const CHAT_LINES = 12;
const TRACES = 3;
const TROUBLES = 8;
const NOT_LEFT: ReadonlySet<string> = new Set(['queued', 'stashed', 'sending']);

/** As a conversation keeps it: which rule took a message, and why not those before. */
interface Trace {
  readonly message_id?: string;
  readonly type?: string;
  readonly stored_at?: string;
  readonly rule: string;
  readonly to: string;
  readonly passed?: readonly { readonly rule: string; readonly why: string }[];
}

/** What helps to see why a step does not hold: stubs, chats, where messages landed and why, and what went wrong inside. */
export async function sectionsOf(world: StoryWorld, contact: string | undefined): Promise<Section[]> {
  const people = contact === undefined ? world.everybody() : [contact];
  const chats = await Promise.all(people.map((short) => chatSection(world, short)));
  const sections = [
    await stubSection(world),
    ...chats,
    await othersSection(world),
    await routingSection(world),
    await waitingSection(world),
    await skippedSection(world),
    await troubleSection(world),
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

async function stubSection(world: StoryWorld): Promise<Section> {
  const stubs = [...(await world.stubs())].reverse();
  const lines = stubs.map(({ template, state, data }) => `${template} is ${state}, data ${shownValue(ownData(data))}`);
  return { title: stubs.length === 1 ? 'the stub' : 'the stubs', lines };
}

/** Without what the engine puts there of messages and events: the chat shows it, and it is long. */
const ownData = (data: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'heimdall' && !key.startsWith('_')));

async function chatSection(world: StoryWorld, short: string): Promise<Section> {
  const chat = await world.chat(short);
  const { name } = world.person(short);
  const lines = chat.slice(-CHAT_LINES).map((message) => {
    const who = message.direction === 'from_client' ? `${name}:` : '→';
    const failed = message.status === 'failed' ? ' (failed)' : '';
    return `${timeOf(world, message.at)}  ${who} ${messageLine(message)}${failed}`;
  });
  return { title: `the chat with ${name}`, lines };
}

/** A wrong number in a template, most often. */
async function othersSection(world: StoryWorld): Promise<Section> {
  const lines = (await world.sentToOthers()).flatMap(([address, messages]) =>
    messages.map((message) => `${timeOf(world, message.at)}  → ${masked(address)}: ${messageLine(message)}`),
  );
  return { title: 'sent to who is no contact of the story', lines: lines.slice(-CHAT_LINES) };
}

const timeOf = (world: StoryWorld, at: string | undefined): string =>
  at === undefined ? '' : clockText(Date.parse(at) - world.startedAtMs).padStart(6);

async function routingSection(world: StoryWorld): Promise<Section> {
  const { redis, keys } = world.services;
  const ids = await redis.zrange(keys.conversations(), '0', '-1');
  const lists = await Promise.all(ids.map((id) => redis.lrange(keys.routingTrace(id), -TRACES, -1)));
  const traces = lists.flat().map((text) => JSON.parse(text) as Trace);
  traces.sort((a, b) => String(a.stored_at).localeCompare(String(b.stored_at)));
  const chats = await Promise.all(world.everybody().map((short) => world.chat(short)));
  const messages = new Map(chats.flat().map((message): [string, ClientMessage] => [message.id, message]));
  const stubs = new Map((await world.stubs()).map(({ stubref, template }) => [stubref, `the stub of ${template}`]));
  const lines = traces.slice(-TRACES).flatMap(({ message_id = '', stored_at, type, rule, to, passed = [] }) => {
    const said = messageLine(messages.get(message_id) ?? { type: type ?? 'a message' });
    const head = `${timeOf(world, stored_at)}  "${said}" → ${stubs.get(to) ?? to}, by the rule ${rule}`;
    return [head, ...passed.map((each) => `            not ${each.rule}: ${each.why}`)];
  });
  return { title: 'where messages landed, and why', lines };
}

/** Messages that no provider has taken yet, and how far they are. */
async function waitingSection(world: StoryWorld): Promise<Section> {
  const logs = await Promise.all((await world.stubs()).map(({ stubref }) => world.log(stubref)));
  const lines = logs.flat().flatMap(({ action_name, notifications }) =>
    Object.entries(notifications).flatMap(([key, { deliveries }]) =>
      deliveries
        .filter(({ status }) => NOT_LEFT.has(status))
        .map(({ recipient, status, history }) => {
          const { at, note, error } = history.at(-1) ?? {};
          const why = note ?? error?.message;
          const since = timeOf(world, at).trimStart();
          return `${action_name} › ${key} › ${recipient}: ${status} since ${since}${why ? `, ${why}` : ''}`;
        }),
    ),
  );
  return { title: 'what has not left yet', lines: lines.slice(-TROUBLES) };
}

/** The usual reason for a missing message is a step whose conditions did not hold. */
async function skippedSection(world: StoryWorld): Promise<Section> {
  const lines: string[] = [];
  for (const { stubref, template } of await world.stubs()) {
    const written = world.services.templates.get(template);
    lines.push(...(await world.log(stubref)).flatMap((post) => skippedSteps(post, written)));
  }
  return { title: 'steps that were skipped', lines: lines.slice(-TROUBLES) };
}

/** Refused runs, failed steps and deliveries, and letters that could not be handled. */
async function troubleSection(world: StoryWorld): Promise<Section> {
  const logs = await Promise.all((await world.stubs()).map(({ stubref }) => world.log(stubref)));
  const problems = logs.flat().flatMap(postProblems);
  const lines = problems.map(({ where, problem }) => `${where}: ${problem.code} ${problem.message}`);
  const { items } = await world.services.deadLetters.list(undefined, TROUBLES);
  const dead = items.map(({ actor, error }) => `a letter to ${actor.kind} could not be handled: ${error}`);
  return { title: 'what went wrong inside', lines: [...lines, ...dead].slice(-TROUBLES) };
}
