import { useRef } from 'preact/hooks';
import type { Message } from './api.js';
import type { Interactive } from './payload.js';
import { write } from './phone.js';

/** A list message's button, and the sheet with its rows. */
export function ListSheet({ message, interactive }: { message: Message; interactive: Interactive }) {
  const sheet = useRef<HTMLDialogElement>(null);
  const { button = 'Choose', sections = [] } = interactive.action ?? {};
  const tap = (id: string) => {
    sheet.current?.close();
    void write({ tap: id, reply_to: message.id });
  };
  return (
    <>
      <button type="button" onClick={() => sheet.current?.showModal()}>
        {button}
      </button>
      <dialog class="sheet" ref={sheet} aria-label={button}>
        <div class="sheet-head">
          <strong>{button}</strong>
          <button type="button" aria-label="Close" onClick={() => sheet.current?.close()}>
            ✕
          </button>
        </div>
        {sections.map(({ title, rows = [] }, at) => (
          <section key={at}>
            {title && <h3>{title}</h3>}
            {rows.map((row) => (
              <button class="sheet-row" key={row.id} type="button" onClick={() => tap(row.id)}>
                {row.title}
                {row.description && <small>{row.description}</small>}
              </button>
            ))}
          </section>
        ))}
      </dialog>
    </>
  );
}
