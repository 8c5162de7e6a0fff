import type { Message } from './api.js';
import { quoted, shown, write } from './phone.js';

const TICKS = { sent: '✓', delivered: '✓✓', read: '✓✓', failed: '!' } as const;

const quotedBy = ({ payload }: Message): Message | undefined => {
  const id = payload.context?.id ?? payload.context?.message_id;
  return id === undefined ? undefined : shown.value.find((each) => each.id === id);
};

function Buttons({ message }: { message: Message }) {
  if (message.buttons.length === 0) return null;
  return (
    <div class="buttons">
      {message.buttons.map(({ id, title, description }) => (
        <button key={id} type="button" onClick={() => void write({ tap: title, reply_to: message.id })}>
          {title}
          {description && <small>{description}</small>}
        </button>
      ))}
    </div>
  );
}

/** One message: on the right what this phone wrote, on the left what the business sent. */
export function Bubble({ message }: { message: Message }) {
  const { direction, text, at, status, payload } = message;
  const quote = quotedBy(message);
  const time = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <li class={`row ${direction}`}>
      <div class="bubble">
        {quote && (
          <blockquote>
            <small>{quote.direction === 'from_client' ? 'You' : 'Business'}</small>
            {quote.text}
          </blockquote>
        )}
        {payload.interactive?.header?.text && <strong class="head">{payload.interactive.header.text}</strong>}
        <p>{text}</p>
        {payload.interactive?.footer?.text && <small class="foot">{payload.interactive.footer.text}</small>}
        <span class="meta">
          {message.type === 'template' && <span class="kind">template</span>}
          <time dateTime={at}>{time}</time>
          <span class={`ticks ${status}`} role="img" aria-label={status} title={status}>
            {TICKS[status]}
          </span>
        </span>
        <Buttons message={message} />
      </div>
      <button
        type="button"
        class="reply"
        aria-label={`Quote: ${text.slice(0, 60)}`}
        onClick={() => (quoted.value = message)}
      >
        Quote
      </button>
    </li>
  );
}
