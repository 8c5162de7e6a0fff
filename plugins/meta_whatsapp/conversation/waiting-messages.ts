import type { ActorRef, FileObject, JsonObject, Letter, Problem, Tell, Timer } from '../../../core/index.js';
import {
  type FetchLetter,
  type ForgetFileLetter,
  MEDIA_KIND,
  type MediaDoneLetter,
  type MediaOutcome,
  mediaOf,
  mediaProblemOf,
} from '../media/incoming-media.js';
import type { IncomingLetter } from '../webhook-letters.js';

/** A client's message that waits to be routed: for its own file, or for that of one before it. */
export interface WaitingMessage {
  readonly letter: Letter<IncomingLetter>;
  /** What is known of its file. Absent where it has one: not fetched yet. */
  readonly outcome?: MediaOutcome;
  readonly hasFile: boolean;
}

/** A message to be routed now. */
export interface ReadyMessage {
  readonly letter: Letter<IncomingLetter>;
  readonly attachments: readonly FileObject[];
  /** Why there is no file though the client sent one: `media_error` of `_incoming_whatsapp_data`. */
  readonly mediaError?: { readonly code: string; readonly message: string };
}

export interface Arrival {
  readonly waiting: readonly WaitingMessage[];
  /** In the order the messages came. */
  readonly ready: readonly ReadyMessage[];
  readonly tells: readonly Tell[];
  readonly timers: readonly Timer[];
}

/** Here the end of all patience waits. A fetch says its own end within ten minutes, unless the program was away. */
export const MEDIA_TIMEOUT_QUEUE = 'media-timeouts';
const LONGEST_WAIT_MS = 60 * 60_000;
/** Messages of one client that wait at most; then the oldest waits for its file no longer. */
const WAITING_AT_MOST = 200;

/**
 * A client's message arrives that is to be routed. One with a file waits until the file is here or cannot be had, and
 * what comes after it waits behind it, so that messages keep their order. Pure.
 */
export function arrived(
  waiting: readonly WaitingMessage[],
  letter: Letter<IncomingLetter>,
  conversation: { readonly ref: ActorRef; readonly profile: string; readonly nowMs: number },
): Arrival {
  const { message } = letter.body;
  const media = mediaOf(message);
  const problem = mediaProblemOf(message);
  const item: WaitingMessage = {
    letter,
    hasFile: media !== undefined || problem !== undefined,
    ...(problem && { outcome: { ok: false, problem } }),
  };
  const { ref, profile, nowMs } = conversation;
  const fetch: FetchLetter | undefined =
    media && !problem ? { type: 'fetch', media, replyTo: ref, letter: letter.id } : undefined;
  const next = inOrder(withoutOverflow([...waiting, item]));
  if (!fetch) return { ...next, tells: [], timers: [] };
  const id = `${ref.id}:${letter.id}`;
  const late: MediaDoneLetter = { type: 'media_done', letter: letter.id, outcome: gaveUp('within an hour') };
  return {
    ...next,
    tells: [{ to: { kind: MEDIA_KIND, id: `${profile}:${media!.id}` }, id, body: fetch }],
    timers: [
      {
        queue: MEDIA_TIMEOUT_QUEUE,
        id: `media:${id}`,
        atMs: nowMs + LONGEST_WAIT_MS,
        tell: { to: ref, id: `media-late:${letter.id}`, body: late },
      },
    ],
  };
}

/** The file of a waiting message is here, or will not come. One that no longer waits is as it was. Pure. */
export function mediaDone(
  waiting: readonly WaitingMessage[],
  { letter, outcome }: MediaDoneLetter,
): Pick<Arrival, 'waiting' | 'ready'> {
  return inOrder(waiting.map((item) => (item.letter.id === letter && !item.outcome ? { ...item, outcome } : item)));
}

/** The letters that cancel the files of these messages, because their client is erased. Pure. */
export const forgetFiles = (waiting: readonly WaitingMessage[], ref: ActorRef, profile: string): Tell[] =>
  waiting.flatMap(({ letter: { id, body } }) => {
    const media = mediaOf(body.message);
    if (!media) return [];
    const forget: ForgetFileLetter = { type: 'forget', media, replyTo: ref, letter: id };
    return [{ to: { kind: MEDIA_KIND, id: `${profile}:${media.id}` }, id: `forget:${ref.id}:${id}`, body: forget }];
  });

/** What `_incoming_whatsapp_data` says of a file that could not be had. */
export const mediaErrorData = ({ mediaError }: ReadyMessage): JsonObject =>
  mediaError ? { media_error: { ...mediaError } } : {};

/** Those at the head that wait for nothing. */
function inOrder(waiting: readonly WaitingMessage[]): Pick<Arrival, 'waiting' | 'ready'> {
  const open = waiting.findIndex(({ hasFile, outcome }) => hasFile && !outcome);
  const count = open === -1 ? waiting.length : open;
  return { waiting: waiting.slice(count), ready: waiting.slice(0, count).map(readied) };
}

function readied({ letter, outcome }: WaitingMessage): ReadyMessage {
  if (!outcome) return { letter, attachments: [] };
  if (outcome.ok) return { letter, attachments: [outcome.file] };
  const { code, message } = outcome.problem;
  return { letter, attachments: [], mediaError: { code, message } };
}

function withoutOverflow(waiting: readonly WaitingMessage[]): readonly WaitingMessage[] {
  const [oldest, ...rest] = waiting;
  if (waiting.length <= WAITING_AT_MOST || !oldest || oldest.outcome) return waiting;
  return [{ ...oldest, outcome: gaveUp(`before ${WAITING_AT_MOST} more messages of the client came`) }, ...rest];
}

function gaveUp(when: string): MediaOutcome {
  const problem: Problem = {
    code: 'media_unavailable',
    message: `The client's file could not be fetched ${when}. Meta keeps it for 7 days under the id in whatsapp_body.`,
  };
  return { ok: false, problem };
}
