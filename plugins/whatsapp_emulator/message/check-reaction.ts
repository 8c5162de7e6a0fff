import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { shaped } from './shape.js';

const graphemes = new Intl.Segmenter();

/** One emoji: a pictograph with what belongs to it, a flag, or a keycap. */
const isOneEmoji = (text: string): boolean =>
  [...graphemes.segment(text)].length === 1 &&
  (/\p{Extended_Pictographic}/u.test(text) || /^\p{RI}{2}$/u.test(text) || /^[0-9#*]\uFE0F?\u20E3$/u.test(text));

const Reaction = z.strictObject({
  message_id: z.string().min(1, 'must not be empty'),
  /** The empty text takes the reaction back. */
  emoji: z.string().refine((emoji) => emoji === '' || isOneEmoji(emoji), 'must be one emoji, or empty'),
});

export function checkReaction(value: unknown): CheckedMessage {
  const { message_id, emoji } = shaped(Reaction, value, 'reaction');
  return freeForm('reaction', emoji, { reactsTo: message_id });
}
