import type { Message } from './api.js';
import { editing, quoted, write } from './phone.js';
import { PopupMenu } from './popup-menu.js';

const EMOJI = ['👍', '❤️', '😂', '😮', '🙏'];
const EDITABLE = ['text', 'image', 'video', 'document'];

/** What can be done with a message: react, quote, and with one's own: edit, delete. */
export function BubbleMenu({ message }: { message: Message }) {
  const { id, direction, type, text } = message;
  const mine = direction === 'from_client';
  return (
    <PopupMenu kind="of-bubble" symbol="⋮" label={`Message: ${text.slice(0, 60) || type}`}>
      <div class="emoji">
        {EMOJI.map((emoji) => (
          <button
            key={emoji}
            type="button"
            aria-label={`React with ${emoji}`}
            onClick={() => void write({ reaction: { message_id: id, emoji } })}
          >
            {emoji}
          </button>
        ))}
      </div>
      <button type="button" onClick={() => (quoted.value = message)}>
        Quote
      </button>
      <button type="button" onClick={() => void write({ reaction: { message_id: id, emoji: '' } })}>
        Take reaction back
      </button>
      {mine && EDITABLE.includes(type) && (
        <button type="button" onClick={() => (editing.value = message)}>
          Edit
        </button>
      )}
      {mine && (
        <button class="bad" type="button" onClick={() => void write({ revoke: { message_id: id } })}>
          Delete for everyone
        </button>
      )}
    </PopupMenu>
  );
}
