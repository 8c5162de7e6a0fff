import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Tell, Turn } from '../../../core/index.js';
import {
  type FetchLetter,
  type FetchTask,
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
type MediaLetter = FetchLetter | { readonly type: 'fetched'; readonly outcome: FetchOutcome };
type MediaDecision = Decision<State, FetchTask>;

/** Waits between attempts: 8 attempts in 8 minutes and what they take. */
const BACK_OFF_MS = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 240_000];
/** No further attempt begins after this long. The first two are made whenever it was that the program came to it. */
const PATIENCE_MS = 10 * 60_000;
const MIN_ATTEMPTS = 2;

/** Fetches a file of a client, outside any conversation's turn. Its id is `profile:media id`; it is gone when it has answered. */
@injectable()
export class IncomingMediaActor implements ActorKind<State, MediaLetter, FetchTask> {
  readonly kind = MEDIA_KIND;
  readonly queue = 'media';
  readonly stateVersion = 1;
  /** Transfers at a time in one process. */
  readonly concurrency = 10;

  constructor(@inject(MediaFetcher) private readonly fetcher: MediaFetcher) {}

  initial(): State {
    return null;
  }

  decide({ state, nowMs }: Turn<State>, { body }: Letter<MediaLetter>): MediaDecision {
    if (body.type === 'fetched') return this.fetched(state, body.outcome, nowMs);
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
  async call(media: FetchTask, { actorId }: { readonly actorId: string }): Promise<MediaLetter> {
    const profile = actorId.slice(0, actorId.indexOf(':'));
    return { type: 'fetched', outcome: await this.fetcher.fetch(profile, media) };
  }

  private fetched(state: State, outcome: FetchOutcome, nowMs: number): MediaDecision {
    if (state?.phase !== 'fetching') return { state };
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

const answers = ({ waiters }: Fetch, outcome: MediaOutcome): Tell[] =>
  waiters.map(({ replyTo, letter }) => {
    const body: MediaDoneLetter = { type: 'media_done', letter, outcome };
    return { to: replyTo, id: `media:${letter}`, body };
  });
