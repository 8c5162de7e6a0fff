import type { Conversation } from '../conversation/conversation.js';
import { heardOf } from '../conversation/message-age.js';

const ALIASES_KEPT = 10;

/**
 * Two conversations of one person as one: session and nextreply set last, consent answered last, the later window end,
 * stashes and waiting messages joined by time, every pending request still answerable. Who is who (number, user id, since
 * when) stays as `here` has it. Pure.
 */
export function mergeConversations(here: Conversation, other: Conversation): Conversation {
  const { session: _s, nextreply: _n, rejectedAtMs: _r, optedOut: _o, ...rest } = here;
  const session = here.sessionSetAtMs >= other.sessionSetAtMs ? here.session : other.session;
  const nextreply = here.nextreplySetAtMs >= other.nextreplySetAtMs ? here.nextreply : other.nextreply;
  const { rejectedAtMs } = here.answeredAtMs >= other.answeredAtMs ? here : other;
  const optedOut = optOutOf(here, other);
  const heard = heardOf(here.heard, other.heard);
  const releasing = here.releasing || other.releasing;
  return {
    ...rest,
    name: here.name || other.name,
    aliases: aliasesOf(here, other),
    windowUntilMs: Math.max(here.windowUntilMs, other.windowUntilMs),
    requests: releasing ? [] : [...here.requests, ...other.requests].sort((a, b) => a.untilMs - b.untilMs),
    ...(rejectedAtMs !== undefined && { rejectedAtMs }),
    answeredAtMs: Math.max(here.answeredAtMs, other.answeredAtMs),
    ...(optedOut && { optedOut }),
    optedInAtMs: Math.max(here.optedInAtMs, other.optedInAtMs),
    stash: [...here.stash, ...other.stash].sort((a, b) => a.seq - b.seq || a.delivery.localeCompare(b.delivery)),
    releasing,
    ...(heard && { heard }),
    seq: Math.max(here.seq, other.seq),
    ...(session && { session }),
    sessionSeq: Math.max(here.sessionSeq, other.sessionSeq),
    sessionSetAtMs: Math.max(here.sessionSetAtMs, other.sessionSetAtMs),
    ...(nextreply && { nextreply }),
    nextreplySeq: Math.max(here.nextreplySeq, other.nextreplySeq),
    nextreplySetAtMs: Math.max(here.nextreplySetAtMs, other.nextreplySetAtMs),
    waiting: [...here.waiting, ...other.waiting].sort((a, b) => a.letter.atMs - b.letter.atMs),
  };
}

/** The last word counts; a stop of everything is taken back by a resume of everything only, which came later. */
function optOutOf(here: Conversation, other: Conversation): Conversation['optedOut'] {
  const optedInAtMs = Math.max(here.optedInAtMs, other.optedInAtMs);
  const outs = [here.optedOut, other.optedOut].filter((out) => out !== undefined && out.atMs >= optedInAtMs);
  return outs.find((out) => out?.scope === 'all') ?? outs[0];
}

function aliasesOf(here: Conversation, other: Conversation): string[] {
  const known = [...here.aliases, ...other.aliases, ...(other.userId ? [other.userId] : [])];
  if (other.number && other.number !== here.number && here.number === undefined) known.push(other.number);
  return [...new Set(known)].filter((alias) => alias !== here.number && alias !== here.userId).slice(-ALIASES_KEPT);
}
