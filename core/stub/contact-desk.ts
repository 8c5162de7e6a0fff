import { inject, injectable, multiInject, optional } from 'inversify';
import type { ActorKind, Decision, Letter, Tell, Timer, Turn, Write } from '../contract/actor-kind.js';
import { PersonalData } from '../contract/personal-data.js';
import type { ContactPoint } from '../contract/stub.js';
import { FileStore } from '../file/file-store.js';
import { Queues } from '../queue/queues.js';
import { TimerQueues } from '../queue/timer-queues.js';
import { AppendOnlyFile } from '../redis/append-only-file.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { type Ahead, pageAhead } from '../redis/page-ahead.js';
import { ContactBook } from './contact-book.js';
import {
  CONTACT_DESK,
  type ContactDeskLetter,
  type ErasureStep,
  erasureTell,
  type StubPersonLetter,
} from './contact-letters.js';
import { isSamePoint } from './contact-points.js';
import { type ErasedContact, type ErasedPerson, isDone } from './contact-record.js';
import { erasedDeliveries } from './erased-deliveries.js';
import { eventsWithout, listsWithout } from './erased-lists.js';
import { requestsWithout } from './erased-requests.js';

/** Where an erasure waits for messages that are under way. */
const WAITS = 'contact-desk-waits';

const STUBS_A_LETTER = 200;
/** Messages under way are looked after again so long after they were cancelled; the last time they are erased whatever they do. */
const AGAIN_MS: readonly number[] = [60_000, 600_000];

/** Until the second time through, and between looks at whether letters of theirs still wait, ms; how many looks. */
const SECOND_MS = 1_000;
const LOOKS = 600;
/** After this time the end is checked less often: a letter or the rewrite has failed, and somebody has to act. */
const LATE_MS = 60_000;
/** Until the second walk after a merge, ms. */
const MERGED_AGAIN_MS = 60_000;

function stepAfter({ step, second }: EraseLetter): ErasureStep | undefined {
  switch (step) {
    case 'channels':
      return 'stubs';
    case 'stubs':
      return 'deliveries';
    case 'deliveries':
      return 'events';
    case 'events':
      return 'lists';
    case 'lists':
      return second ? 'end' : 'again';
    case 'again':
      return 'stubs';
    case 'end':
      return 'rewrite';
    case 'rewrite':
      return undefined;
  }
}

type EraseLetter = ContactDeskLetter & { readonly type: 'erase' };
interface Part {
  readonly writes?: readonly Write[];
  readonly tells?: readonly Tell[];
  /** Where to go on in the same step; absent: it is done. */
  readonly after?: Ahead | undefined;
  /** As `after`, where the next list of the step is to be walked. */
  readonly lists?: number;
  readonly met?: boolean;
  /** Letters of theirs wait: the step is to be done later. */
  readonly notYet?: boolean;
}

/**
 * Goes through everything after a merge or for an erasure, in letters of bounded size: each commits what it did together
 * with the letter that goes on, so that a crash costs nothing but time. The desk of a contact keeps no state.
 */
@injectable()
export class ContactDesk implements ActorKind<null, ContactDeskLetter> {
  readonly kind = CONTACT_DESK;
  readonly queue = 'contact-desk';
  readonly stateVersion = 1;
  readonly lettersPerTurn = 1;
  readonly timerQueues = [WAITS];

  constructor(
    @inject(ContactBook) private readonly book: ContactBook,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(FileStore) private readonly files: FileStore,
    @inject(TimerQueues) private readonly timers: TimerQueues,
    @inject(Queues) private readonly queues: Queues,
    @inject(AppendOnlyFile) private readonly file: AppendOnlyFile,
    @multiInject(PersonalData) @optional() private readonly plugins: PersonalData[] = [],
  ) {}

  initial(): null {
    return null;
  }

  async decide(turn: Turn<null>, { body }: Letter<ContactDeskLetter>): Promise<Decision<null>> {
    const { id, nowMs } = turn;
    if (body.type === 'merged') return this.merged(turn, body);
    if (body.type === 'files') {
      // Outside the commit, and harmless to repeat.
      for (const fileuuid of body.fileuuids) await this.files.remove(fileuuid);
      return { state: null };
    }
    const erased = await this.book.erased(id);
    if (!erased || isDone(erased)) return { state: null };
    const part = erased.erasing ? await this.part(erased, erased.erasing, body) : this.rewritten(erased);
    const { writes = [] } = part;
    return { state: null, writes, ...this.goOn(id, body, part, nowMs) };
  }

  private async merged(
    { id, nowMs }: Turn<null>,
    letter: ContactDeskLetter & { type: 'merged' },
  ): Promise<Decision<null>> {
    const page = await pageAhead(this.redis.client, this.keys.stubsOfContact(id), letter.after, STUBS_A_LETTER);
    const into = (await this.book.get(id))?.contactuuid ?? letter.into; // which may be another one's by now
    const walk = `merged:${id}${letter.again ? ':again' : ''}`;
    const body: StubPersonLetter = { type: 'contact_merged', from: id, into };
    const tells: Tell[] = page.map((stub) => ({ to: { kind: 'stub', id: stub.id }, id: walk, body }));
    const to = { kind: CONTACT_DESK, id };
    if (page.length === STUBS_A_LETTER) {
      const after = page.at(-1)!;
      return { state: null, tells: [...tells, { to, id: `${walk}:${after.id}`, body: { ...letter, after } }] };
    }
    if (letter.again) return { state: null, tells, writes: [['ZREM', this.keys.merging(), id]] };
    const again = { to, id: `merged:${into}:again`, body: { type: 'merged', into, again: true } };
    const atMs = nowMs + MERGED_AGAIN_MS;
    return { state: null, tells, timers: [{ queue: WAITS, id: `merged:${id}`, atMs, tell: again }] };
  }

  private async part(erased: ErasedContact, person: ErasedPerson, letter: EraseLetter): Promise<Part> {
    const { redis, keys } = this;
    const { contactuuid } = erased;
    const mayWait = (letter.waits ?? 0) < LOOKS;
    switch (letter.step) {
      case 'channels':
        return this.channels(erased, person);
      case 'stubs':
        return this.ofStubs(letter, roundOf(erased, letter), person);
      case 'deliveries': {
        const isLast = (letter.walks ?? 0) >= AGAIN_MS.length;
        return erasedDeliveries({ redis, keys }, roundOf(erased, letter), person, letter.after, isLast);
      }
      case 'events':
        return eventsWithout({ redis, keys }, person, await this.theirPosts(erased), letter.after);
      case 'lists': {
        const { writes } = await listsWithout({ redis, keys }, person, await this.theirPosts(erased));
        return { writes: [...writes, ...(await requestsWithout({ redis, keys }, person))] };
      }
      case 'again':
        return {
          notYet: mayWait && ((await this.hasMail(contactuuid, person)) || (await this.hasOpenStubs(contactuuid))),
        };
      case 'end':
        return (await this.hasOpenStubs(contactuuid)) ? { notYet: true } : this.end(erased, person);
      case 'rewrite':
        return {}; // only when nothing is being erased any more
    }
  }

  private async end({ erasing: _, ...left }: ErasedContact, person: ErasedPerson): Promise<Part> {
    const { keys } = this;
    const { contactuuid } = left;
    const { writes, tells } = await this.ofPlugins(contactuuid, person, true);
    await this.queues.forgetEvents(); // as forgetting timers
    return {
      tells,
      writes: [
        ...writes,
        ['SET', keys.contact(contactuuid), JSON.stringify({ ...left, rewriting: true })],
        ...person.ids.map((touched): Write => ['DEL', keys.stubsTouchedBy(touched)]),
      ],
    };
  }

  private rewritten({ rewriting: _, ...left }: ErasedContact): Part {
    const { contactuuid } = left;
    if (!this.file.isRewritten(contactuuid)) return { notYet: true };
    return {
      writes: [
        ['SET', this.keys.contact(contactuuid), JSON.stringify(left)],
        ['ZREM', this.keys.erasing(), contactuuid],
        ['DEL', this.keys.erasingPosts(contactuuid)], // a stub with two letters may have added to it later
        ['DEL', this.keys.erasingStubs(contactuuid)],
      ],
    };
  }

  private async theirPosts({ contactuuid }: ErasedContact): Promise<ReadonlySet<string>> {
    return new Set(await this.redis.client.smembers(this.keys.erasingPosts(contactuuid)));
  }

  /** What plugins know of the person joins what is looked for everywhere. */
  private async channels(erased: ErasedContact, person: ErasedPerson): Promise<Part> {
    const { writes, tells, points } = await this.ofPlugins(erased.contactuuid, person, false);
    const isNew = (point: ContactPoint) => !person.points.some((has) => isSamePoint(has, point));
    const left: ErasedContact = {
      ...erased,
      erasing: { ...person, points: [...person.points, ...points.filter(isNew)] },
    };
    return { tells, writes: [...writes, ['SET', this.keys.contact(erased.contactuuid), JSON.stringify(left)]] };
  }

  /** Do letters from before the erasure still wait for those whom plugins have told to forget? */
  private async hasMail(erasure: string, person: ErasedPerson): Promise<boolean> {
    const { tells } = await this.ofPlugins(erasure, person, false);
    const waiting = await Promise.all(tells.map(({ to }) => this.redis.client.llen(this.keys.mailbox(to.kind, to.id))));
    return waiting.some((count) => count > 0);
  }

  private async ofPlugins(erasure: string, { points }: ErasedPerson, last: boolean) {
    const parts = await Promise.all(this.plugins.map((plugin) => plugin.erase({ points, erasure, last })));
    // Outside the commit, and harmless to repeat.
    for (const { queues, to } of parts.flatMap((part) => part.timers ?? [])) {
      for (const queue of queues) await this.timers.forget(queue, to);
    }
    return {
      writes: parts.flatMap(({ writes }) => writes),
      tells: parts.flatMap(({ tells }) => tells),
      points: parts.flatMap((part) => part.points ?? []),
    };
  }

  /** One page of one list of stubs: of each id that means the person, those with them in a list, and those they only touched. */
  private async ofStubs(letter: EraseLetter, erasure: string, person: ErasedPerson): Promise<Part> {
    const keys = person.ids.flatMap((id) => [this.keys.stubsOfContact(id), this.keys.stubsTouchedBy(id)]);
    const { lists = 0, after } = letter;
    const page = await pageAhead(this.redis.client, keys[lists]!, after, STUBS_A_LETTER);
    const told = page.map((stub) => erasureTell(this.keys, stub.id, erasure, person));
    const part = { tells: told.map(({ tell }) => tell), writes: told.map(({ write }) => write) };
    if (page.length === STUBS_A_LETTER) return { ...part, lists, after: page.at(-1) };
    return lists + 1 < keys.length ? { ...part, lists: lists + 1 } : part;
  }

  /** Stubs whose logs are not done. A dead letter of one keeps the erasure open until somebody retries it. */
  private async hasOpenStubs(contactuuid: string): Promise<boolean> {
    return (await this.redis.client.hvals(this.keys.erasingStubs(contactuuid))).includes('1');
  }

  private goOn(
    id: string,
    letter: EraseLetter,
    { tells = [], after, lists, met, notYet }: Part,
    nowMs: number,
  ): { tells: readonly Tell[]; timers?: readonly Timer[] } {
    const to = { kind: CONTACT_DESK, id };
    const hasMet = met || letter.met;
    const { walks = 0, waits = 0, step, second } = letter;
    const time = second ? { second } : {};
    const named = (name: string) => `erase:${second ? 'second:' : ''}${name}`;
    const later = (inMs: number, name: string, body: EraseLetter) => {
      const timer = `${id}:${named(name)}`;
      return { tells, timers: [{ queue: WAITS, id: timer, atMs: nowMs + inMs, tell: { to, id: timer, body } }] };
    };
    if (after || lists !== undefined) {
      const next = { ...letter, after, lists, ...(hasMet && { met: true }) }; // undefined ends in JSON
      return { tells: [...tells, { to, id: named(`${step}:${walks}:${lists ?? ''}:${after?.id ?? ''}`), body: next }] };
    }
    const waitMs = AGAIN_MS[walks];
    if (step === 'deliveries' && hasMet && waitMs !== undefined) {
      return later(waitMs, `walk:${walks + 1}`, { type: 'erase', step, walks: walks + 1, ...time });
    }
    if (notYet) {
      const inMs = waits < LOOKS ? SECOND_MS : LATE_MS;
      return later(inMs, `${step}:wait:${waits + 1}`, { type: 'erase', step, waits: waits + 1, ...time });
    }
    const next = stepAfter(letter);
    if (!next) return { tells };
    if (next === 'again') return later(SECOND_MS, next, { type: 'erase', step: next });
    const body: EraseLetter = { type: 'erase', step: next, ...(step === 'again' ? { second: true } : time) };
    return { tells: [...tells, { to, id: `erase:${body.second ? 'second:' : ''}${next}`, body }] };
  }
}

/** Names one time through an erasure: the same letters of the second time are letters of their own. */
const roundOf = ({ contactuuid }: ErasedContact, { second }: EraseLetter): string =>
  second ? `${contactuuid}:second` : contactuuid;
