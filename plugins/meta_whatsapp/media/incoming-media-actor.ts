import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Tell, Turn } from '../../../core/index.js';
import {
  type FetchLetter,
  type FetchTask,
  type ForgetFileLetter,
  type IncomingMedia,
  MEDIA_KIND,
  type MediaDoneLetter,
  type MediaOutcome,
} from './incoming-media.js';
import { type FetchOutcome, MediaFetcher } from './media-fetcher.js';

/** A file that is being fetched, and who waits for it. */
interface Fetch {
  readonly media: IncomingMedia;
  readonly waiters: readonly Pick<FetchLetter, 'replyTo' | 'letter'>[];
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly phase: 'due' | 'fetching';
  /** `due`: not before. */
  readonly untilMs: number;
}
type State = Fetch | null;
type MediaLetter =
  | FetchLetter
  | ForgetFileLetter
  | { readonly type: 'fetched'; readonly outcome: FetchOutcome }
  | { readonly type: 'removed' };
/** Fetch the file, or remove it. */
type MediaTask = FetchTask | { readonly remove: IncomingMedia };
type MediaDecision = Decision<State, MediaTask>;

/** Waits between attempts: 8 attempts in 8 minutes and what they take. */
const BACK_OFF_MS = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 240_000];
/** No further attempt begins after this long. The first two are made whenever it was that the program came to it. */
const PATIENCE_MS = 10 * 60_000;
const MIN_ATTEMPTS = 2;

/** Fetches a file of a client, outside any conversation's turn. Its id is `profile:media id`; it is gone when it has answered. */
@injectable()
export class IncomingMediaActor implements ActorKind<State, MediaLetter, MediaTask> {
  readonly kind = MEDIA_KIND;
  readonly queue = 'media';
  readonly stateVersion = 1;
  /** Transfers at a time in one process. */
  readonly concurrency = 10;

  constructor(@inject(MediaFetcher) private readonly fetcher: MediaFetcher) {}

  initial(): State {
    return null;
  }

  decide({ state, nowMs }: Turn<State>, { id, body }: Letter<MediaLetter>): MediaDecision {
    if (body.type === 'fetched') return this.fetched(state, id, body.outcome, nowMs);
    if (body.type === 'removed') return { state };
    if (body.type === 'forget') return forgotten(state, id, body);
    const { media, replyTo, letter } = body;
    const known = state ?? { media, waiters: [], attempts: 0, firstAtMs: nowMs, phase: 'due', untilMs: nowMs };
    return { state: { ...known, waiters: [...known.waiters, { replyTo, letter }] } };
  }

  next({ id, state, nowMs }: Turn<State>): MediaDecision | undefined {
    if (state?.phase !== 'due' || nowMs < state.untilMs) return undefined;
    const attempts = state.attempts + 1;
    const first = state.waiters[0]!;
    return {
      state: { ...state, phase: 'fetching', attempts },
      call: {
        id: `${id}:${first.replyTo.id}:${first.letter}:${attempts}`,
        task: { ...state.media, conversation: first.replyTo.id },
      },
    };
  }

  wakeAtMs(state: State): number | undefined {
    return state?.phase === 'due' ? state.untilMs : undefined;
  }

  /** A repeat is harmless: the file has its id already, or is fetched once more. */
  async call(task: MediaTask, { actorId }: { readonly actorId: string }): Promise<MediaLetter> {
    const profile = actorId.slice(0, actorId.indexOf(':'));
    if ('remove' in task) {
      await this.fetcher.remove(profile, task.remove);
      return { type: 'removed' };
    }
    return { type: 'fetched', outcome: await this.fetcher.fetch(profile, task) };
  }

  private fetched(state: State, letter: string, outcome: FetchOutcome, nowMs: number): MediaDecision {
    if (state?.phase !== 'fetching') return { state };
    if (state.waiters.length === 0) return removal(state.media, letter);
    if (!('again' in outcome)) return { state: null, tells: answers(state, outcome) };
    const { attempts, firstAtMs } = state;
    const backOffMs = BACK_OFF_MS[attempts - 1];
    const isOver = backOffMs === undefined || (attempts >= MIN_ATTEMPTS && nowMs + backOffMs > firstAtMs + PATIENCE_MS);
    if (!isOver) return { state: { ...state, phase: 'due', untilMs: nowMs + backOffMs } };
    const { code, message } = outcome.problem;
    const problem = { code, message: `${message} It was tried ${attempts} times.` };
    return { state: null, tells: answers(state, { ok: false, problem }) };
  }
}

/** Removes one waiter. Without waiters the file is removed: at once, or after the current fetch. */
function forgotten(state: State, letterId: string, { media, replyTo, letter }: ForgetFileLetter): MediaDecision {
  if (!state) return removal(media, letterId);
  const waiters = state.waiters.filter((waiter) => waiter.letter !== letter || waiter.replyTo.id !== replyTo.id);
  if (waiters.length > 0 || state.phase === 'fetching') return { state: { ...state, waiters } };
  return removal(media, letterId);
}

const removal = (media: IncomingMedia, letterId: string): MediaDecision => ({
  state: null,
  call: { id: `remove:${letterId}`, task: { remove: media } },
});

const answers = ({ waiters }: Fetch, outcome: MediaOutcome): Tell[] =>
  waiters.map(({ replyTo, letter }) => {
    const body: MediaDoneLetter = { type: 'media_done', letter, outcome };
    return { to: replyTo, id: `media:${letter}`, body };
  });
