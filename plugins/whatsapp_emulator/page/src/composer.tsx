import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { AttachMenu } from './attach-menu.js';
import { chosen, commands, editing, quoted, write } from './phone.js';

/** What stands above the box while a message is quoted or edited. */
function About({ onLeave }: { onLeave: () => void }) {
  const message = editing.value ?? quoted.value;
  if (!message) return null;
  return (
    <div class="quoting">
      <blockquote>
        <small>{editing.value ? 'Edit' : 'Quote'}</small>
        {message.text || message.type}
      </blockquote>
      <button type="button" aria-label={editing.value ? 'Do not edit' : 'Do not quote'} onClick={onLeave}>
        ✕
      </button>
    </div>
  );
}

/** The business' commands, as phones offer them after a slash. */
function Commands({ typed, onChoose }: { typed: string; onChoose: (name: string) => void }) {
  if (!/^\/\S*$/.test(typed)) return null;
  const offered = commands.value.filter(({ command_name }) => `/${command_name}`.startsWith(typed));
  if (offered.length === 0) return null;
  return (
    <ul class="commands" aria-label="Commands">
      {offered.map(({ command_name, command_description }) => (
        <li key={command_name}>
          <button type="button" onClick={() => onChoose(command_name)}>
            <strong>/{command_name}</strong> <small>{command_description}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Where this phone writes. Enter sends, Shift and Enter begin a line. */
export function Composer() {
  const text = useSignal('');
  const box = useRef<HTMLTextAreaElement>(null);
  const [quote, edit] = [quoted.value, editing.value];
  useEffect(() => {
    if (edit) text.value = edit.text;
    if (quote || edit) box.current?.focus();
  }, [quote, edit, text]);
  useEffect(() => {
    text.value = '';
  }, [chosen.value, text]);

  const leave = () => {
    if (editing.value) text.value = '';
    editing.value = undefined;
    quoted.value = undefined;
  };
  const send = async (event: Event) => {
    event.preventDefault();
    const body = text.value.trim();
    if (!body) return;
    text.value = '';
    const what = edit
      ? { edit: { message_id: edit.id, text: body } }
      : { text: body, ...(quote && { reply_to: quote.id }) };
    if (!(await write(what))) text.value = body;
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void send(event);
    if (event.key === 'Escape') leave();
  };
  const onCommand = (name: string) => {
    text.value = `/${name} `;
    box.current?.focus();
  };
  return (
    <form class="composer" onSubmit={(event) => void send(event)}>
      <Commands typed={text.value} onChoose={onCommand} />
      <About onLeave={leave} />
      <AttachMenu caption={() => text.value.trim()} onSent={() => (text.value = '')} />
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
        {edit ? 'Save' : 'Send'}
      </button>
    </form>
  );
}
