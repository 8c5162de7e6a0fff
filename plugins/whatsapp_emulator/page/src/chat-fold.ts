import type { Message } from './api.js';

/** One bubble: a message with what came later about it. */
export interface Shown {
  readonly message: Message;
  /** What both sides have put on it, newest of each. */
  readonly reactions: readonly string[];
  readonly edited?: string;
  readonly deleted: boolean;
}

const subjectOf = ({ payload }: Message): string | undefined =>
  payload.reaction?.message_id ?? payload.edit?.original_message_id ?? payload.revoke?.original_message_id;

/** Puts reactions, edits and deletions on the messages that they are about; one about nothing here stands for itself. */
export function fold(messages: readonly Message[]): readonly Shown[] {
  const ids = new Set(messages.map(({ id }) => id));
  const isOwn = (message: Message) => !ids.has(subjectOf(message) ?? '');
  return messages.filter(isOwn).map((message) => {
    const later = messages.filter((each) => each !== message && subjectOf(each) === message.id);
    const byWhom = new Map(later.filter(({ type }) => type === 'reaction').map((each) => [each.direction, each.text]));
    const edit = later.findLast(({ type }) => type === 'edit');
    return {
      message,
      reactions: [...byWhom.values()].filter(Boolean),
      ...(edit && { edited: edit.text }),
      deleted: later.some(({ type }) => type === 'revoke'),
    };
  });
}
