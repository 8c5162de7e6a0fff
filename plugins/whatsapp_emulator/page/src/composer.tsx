import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { chosen, quoted, write } from './phone.js';

/** Where this phone writes. Enter sends, Shift and Enter begin a line. */
export function Composer() {
  const text = useSignal('');
  const box = useRef<HTMLTextAreaElement>(null);
  const quote = quoted.value;
  useEffect(() => {
    if (quote) box.current?.focus();
  }, [quote]);
  useEffect(() => {
    text.value = '';
  }, [chosen.value, text]);

  const send = async (event: Event) => {
    event.preventDefault();
    const body = text.value.trim();
    if (!body) return;
    text.value = '';
    if (!(await write({ text: body, ...(quote && { reply_to: quote.id }) }))) text.value = body;
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void send(event);
    if (event.key === 'Escape') quoted.value = undefined;
  };
  return (
    <form class="composer" onSubmit={(event) => void send(event)}>
      {quote && (
        <div class="quoting">
          <blockquote>{quote.text}</blockquote>
          <button type="button" aria-label="Do not quote" onClick={() => (quoted.value = undefined)}>
            ✕
          </button>
        </div>
      )}
      <textarea
        ref={box}
        rows={1}
        aria-label="Message"
        placeholder="Write as this client"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button class="primary" type="submit" disabled={!text.value.trim()}>
        Send
      </button>
    </form>
  );
}
