import type { Json } from '../contract/json.js';
import type { ClientMessage } from '../contract/story-clients.js';
import type { Stub } from '../contract/stub.js';
import { matches } from '../heimdall/path-pattern.js';
import { masked } from '../observability/masked.js';
import { type Found, foundOf } from './found-mismatch.js';
import { logMismatches } from './log-match.js';
import { type ListProblem, listProblem, messageDifferences, messageLine } from './message-match.js';
import { differences } from './partial-match.js';
import { ANY_MORE, type Expectation, type ExpectedMessage, type Step, type StepDeed } from './story.js';
import { type Mismatch, StepFailed } from './story-outcome.js';
import type { StoryWorld } from './story-world.js';

type Gets = Extract<StepDeed, { readonly do: 'gets' }>;

const MAX_EVENTS = 2_000;

/** What the steps of a story hold against the engine. Every look comes after it has come to rest. */
export class StoryExpectations {
  /** How many of the messages to each contact the story has told. */
  private readonly told = new Map<string, number>();
  /** The last `gets` of each contact since something was done: then all that was sent must have been told. */
  private readonly open = new Map<string, Step>();
  private eventsAfter = '-';
  private callsTold = 0;

  constructor(private readonly world: StoryWorld) {}

  async gets(step: Step, { contact, messages }: Gets): Promise<void> {
    const chat = await this.world.chat(contact);
    const before = this.told.get(contact) ?? 0;
    const left = chat.filter(({ direction }) => direction === 'to_client').slice(before);
    const problem = listProblem(messages, left, (expected, seen) => messageDifferences(expected, seen, chat));
    this.open.set(contact, step);
    // One too many may be told by the next step: that is seen when the story goes on.
    this.told.set(contact, before + (problem?.kind === 'too_many' ? problem.seenAt : left.length));
    if (problem === undefined || problem.kind === 'too_many') return;
    throw this.wrongMessages(step, { contact, messages }, left, problem);
  }

  /** The story goes on, or ends: who was said to get something has got nothing else. */
  async goesOn(): Promise<void> {
    for (const [contact, step] of this.open) {
      const more = (await this.world.sentTo(contact)).slice(this.told.get(contact) ?? 0);
      if (more.length === 0) continue;
      const { name } = this.world.person(contact);
      const message = `${name} has got ${more.length === 1 ? 'one message' : `${more.length} messages`} more than the story tells.`;
      const mismatch = { what: '', expected: 'nothing more', seen: more.map(messageLine).join('\n') };
      throw new StepFailed(step.place(), step.title, message, [mismatch], contact);
    }
    this.open.clear();
  }

  async expect(step: Step, expected: Expectation): Promise<void> {
    const found = [
      ...(await this.ofStub(step, expected)),
      ...(await this.ofAll(expected)),
      ...this.ofCalls(expected),
      ...(await this.ofEvents(expected)),
    ];
    const [first] = found;
    if (!first) return;
    throw new StepFailed(step.place(['expect', ...first.path]), step.title, 'It is not as expected.', found);
  }

  private async ofStub(step: Step, expected: Expectation): Promise<Found[]> {
    const { state, subject, data, counters, contact_lists, log } = expected;
    if ([state, subject, data, counters, contact_lists, log].every((part) => part === undefined)) return [];
    const stub = await this.world.stub(expected.stub);
    if (!stub) {
      const template = expected.stub ?? this.world.story.template;
      throw new StepFailed(step.place(), step.title, `There is no stub of the template "${template}" yet.`);
    }
    const held = (name: string, value: Json | undefined, seen: unknown): Found[] =>
      value === undefined ? [] : differences(value, seen).map((each) => foundOf(name, each));
    return [
      ...held('state', state, stub.state),
      ...held('subject', subject, stub.subject),
      ...held('data', data, stub.data),
      ...held('counters', counters, stub.metrics.counters),
      ...this.ofLists(contact_lists, stub),
      ...(log ? logMismatches(log, await this.world.log(stub.stubref)) : []),
    ];
  }

  private ofLists(expected: Expectation['contact_lists'] = {}, stub: Stub): Found[] {
    const names = new Map(this.world.everybody().map((short) => [this.world.person(short).contactuuid, short]));
    return Object.entries(expected).flatMap(([list, people]) => {
      const seen = (stub.contact_lists[list]?.contactuuids ?? []).map((id) => names.get(id) ?? 'somebody else');
      return differences([...people], seen).length === 0
        ? []
        : [
            {
              what: `contact_lists.${list}`,
              expected: people.join(', ') || 'nobody',
              seen: seen.join(', ') || 'nobody',
              path: ['contact_lists', list],
            },
          ];
    });
  }

  private async ofAll({ stubs, unrouted, nothingMoreSent }: Expectation): Promise<Found[]> {
    const found: Found[] = [];
    if (stubs !== undefined) {
      const seen = await this.world.stubs();
      const names = seen.map(({ template, state }) => `${template} (${state})`).reverse();
      if (seen.length !== stubs)
        found.push({
          what: 'stubs',
          expected: String(stubs),
          seen: [seen.length, ...names].join('\n'),
          path: ['stubs'],
        });
    }
    if (unrouted !== undefined) {
      const { items } = await this.world.services.unrouted.list(undefined, 200);
      const lines = items.map(({ path, reason }) => `${path}: ${reason}`).reverse();
      if (items.length !== unrouted)
        found.push({
          what: 'unrouted',
          expected: String(unrouted),
          seen: [items.length, ...lines].join('\n'),
          path: ['unrouted'],
        });
    }
    if (nothingMoreSent) found.push(...(await this.moreSent()));
    return found;
  }

  /** All calls since the last look, in order. */
  private ofCalls({ calls }: Expectation): Found[] {
    if (!calls) return [];
    const seen = this.world.services.caller.calls();
    const left = seen.slice(this.callsTold);
    this.callsTold = seen.length;
    const problem = listProblem(calls, left, (expected, call) => [
      ...differences(expected.to, call.to, ['to']),
      ...(expected.body === undefined ? [] : differences(expected.body, call.body, ['body'])),
    ]);
    if (!problem) return [];
    if (problem.kind === 'different' && problem.differences[0]!.path[0] === 'body')
      return problem.differences.map((each) => foundOf('calls', { ...each, path: [problem.at, ...each.path] }));
    const wanted = calls.map((call) => (call === ANY_MORE ? call : call.to)).join('\n');
    const at = problem.kind === 'too_many' ? [] : [problem.at];
    const came = left.map(({ to }) => to).join('\n') || 'no call';
    return [{ what: 'calls', expected: wanted || 'no call', seen: came, path: ['calls', ...at] }];
  }

  /** What the story has not told, to its contacts and to anybody else. */
  private async moreSent(): Promise<Found[]> {
    const toContacts = this.world.everybody().map(async (contact) => {
      const more = (await this.world.sentTo(contact)).slice(this.told.get(contact) ?? 0);
      return [contact, more] as const;
    });
    const others = (await this.world.sentToOthers()).map(
      ([address, messages]) => [`${masked(address)}, who is no contact of the story`, messages] as const,
    );
    return [...(await Promise.all(toContacts)), ...others].flatMap(([who, more]) => {
      if (more.length === 0) return [];
      const seen = more.map(messageLine).join('\n');
      return [{ what: `sent to ${who}`, expected: 'nothing more', seen, path: ['nothing more sent'] }];
    });
  }

  /** Each event in its turn; the next look begins behind the last one found. */
  private async ofEvents({ events = [] }: Expectation): Promise<Found[]> {
    const { redis, keys } = this.world.services;
    if (events.length === 0) return [];
    const entries = await redis.xrange(keys.events(), this.eventsAfter, '+', 'COUNT', MAX_EVENTS);
    const seen = entries.map(([id, fields]) => ({
      id,
      path: fields[fields.indexOf('path') + 1] ?? '',
      data: JSON.parse(fields[fields.indexOf('data') + 1] ?? 'null') as Json,
    }));
    let from = 0;
    for (const [at, event] of events.entries()) {
      const ofPath = (index: number): boolean => index >= from && matches(event.path, seen[index]!.path);
      const found = seen.findIndex(
        (each, index) => ofPath(index) && (!event.data || differences(event.data, each.data).length === 0),
      );
      if (found < 0) {
        const near = seen.find((_, index) => ofPath(index));
        if (near && event.data)
          return differences(event.data, near.data).map((each) =>
            foundOf('events', { ...each, path: [at, 'data', ...each.path] }),
          );
        const paths = [...new Set(seen.map(({ path }) => path))].join('\n') || 'no event';
        return [{ what: `events[${at}]`, expected: event.path, seen: paths, path: ['events', at] }];
      }
      from = found + 1;
      this.eventsAfter = `(${seen[found]!.id}`;
    }
    return [];
  }

  private wrongMessages(
    step: Step,
    { contact, messages }: Pick<Gets, 'contact' | 'messages'>,
    left: readonly ClientMessage[],
    problem: Exclude<ListProblem, { readonly kind: 'too_many' }>,
  ): StepFailed {
    const { name } = this.world.person(contact);
    const place = step.place(placeOfItem(step, contact, problem.at));
    const fail = (message: string, mismatches: readonly Mismatch[]) =>
      new StepFailed(place, step.title, message, mismatches, contact);
    if (problem.kind === 'missing') {
      const expected = expectedLine(messages[problem.at] as ExpectedMessage);
      const came = left.length === 0 ? 'nothing more' : left.map(messageLine).join('\n');
      return fail(`A message to ${name} is missing.`, [{ what: '', expected, seen: came }]);
    }
    return fail(
      `${name} has got another message.`,
      problem.differences.map((each) => ({
        what: each.path.join('.') === 'text' ? '' : each.path.join('.'),
        expected: each.expected,
        seen: each.seen,
      })),
    );
  }
}

/** Where an expected message stands: the step's value may be one message or a list. */
function placeOfItem(step: Step, contact: string, at: number): readonly PropertyKey[] {
  const key = `${contact} gets`;
  const [whole, item] = [step.place([key]), step.place([key, at])];
  return whole.line === item.line && whole.column === item.column ? [key] : [key, at];
}

const expectedLine = ({ text, type, template, buttons }: ExpectedMessage): string =>
  messageLine({
    text: text ?? '',
    type: type ?? 'a message',
    ...(template !== undefined && { template }),
    ...(buttons && { buttons }),
  });
