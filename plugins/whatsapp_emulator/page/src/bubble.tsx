import type { Message } from './api.js';
import { BubbleButtons } from './bubble-buttons.js';
import { BubbleContent } from './bubble-content.js';
import { BubbleMenu } from './bubble-menu.js';
import type { Shown } from './chat-fold.js';
import { shown } from './phone.js';

const TICKS = { sent: '✓', delivered: '✓✓', read: '✓✓', played: '✓✓', failed: '!' } as const;

const quotedBy = ({ payload }: Message): Message | undefined => {
  const id = payload.context?.id ?? payload.context?.message_id;
  return id === undefined ? undefined : shown.value.find((each) => each.id === id);
};

function Quote({ message }: { message: Message }) {
  const quote = quotedBy(message);
  if (!quote) return message.payload.context?.forwarded ? <small class="foot">Forwarded</small> : null;
  return (
    <blockquote>
      <small>{quote.direction === 'from_client' ? 'You' : 'Business'}</small>
      {quote.text || quote.type}
    </blockquote>
  );
}

function Meta({ message, edited }: { message: Message; edited: boolean }) {
  const { at, status, type } = message;
  const time = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <span class="meta">
      {edited && <span>edited</span>}
      {type === 'template' && <span class="kind">template</span>}
      <time dateTime={at}>{time}</time>
      <span class={`ticks ${status}`} role="img" aria-label={status} title={status}>
        {TICKS[status]}
      </span>
    </span>
  );
}

/** One message: on the right what this phone wrote, on the left what the business sent; Meta's notes in the middle. */
export function Bubble({ message, reactions, edited, deleted }: Shown) {
  const { direction, text, type, payload } = message;
  if (type === 'system') return <li class="row system">{text || payload.system?.body || 'Note of Meta'}</li>;
  return (
    <li class={`row ${direction}`}>
      <div class={`bubble ${type}`}>
        {deleted ? (
          <p class="note">This message was deleted</p>
        ) : (
          <>
            <Quote message={message} />
            <BubbleContent message={message} text={edited ?? text} />
          </>
        )}
        <Meta message={message} edited={edited !== undefined && !deleted} />
        {!deleted && <BubbleButtons message={message} />}
        {reactions.length > 0 && <span class="reactions">{reactions.join(' ')}</span>}
      </div>
      {!deleted && <BubbleMenu message={message} />}
    </li>
  );
}
