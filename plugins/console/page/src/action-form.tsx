import { useSignal } from '@preact/signals';
import type { Action } from './api.js';
import { dataOf, FieldInput } from './field-input.js';
import { attempt } from './screen.js';

/** What base actions do, of which templates say nothing. */
const BASE: { readonly [name: string]: string } = {
  _update: 'Changes the subject and the data',
  _close: 'Moves it to the end',
  _reopen: 'Moves it to the first state',
  _attach: 'Puts files to it',
};

/** An action that can run now: closed until it is wanted, then a form with its fields. */
export function ActionForm(form: {
  readonly action: Action;
  run(action: string, body: { readonly message?: string; readonly data: object }): Promise<boolean>;
}) {
  const { name, description, fields } = form.action;
  const isRunning = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isRunning.value) return;
    isRunning.value = true;
    const element = event.currentTarget as HTMLFormElement;
    const given = new FormData(element);
    const message = String(given.get('message') ?? '');
    const data = await attempt(() => dataOf(fields, given));
    if (data && (await form.run(name, { ...(message && { message }), data }))) {
      element.reset();
      (element.closest('details') as HTMLDetailsElement).open = false;
    }
    isRunning.value = false;
  };
  return (
    <details class="action">
      <summary>
        <b>{name}</b> <span class="meta">{description || BASE[name]}</span>
      </summary>
      <form onSubmit={submit}>
        {fields.map((field) => (
          <FieldInput key={field.name} action={name} field={field} />
        ))}
        <label>
          Message
          <textarea name="message" rows={2} maxLength={65_536} />
        </label>
        <label>
          More data, as JSON
          <textarea name="more" rows={2} placeholder="{}" spellcheck={false} />
        </label>
        <button class="primary" type="submit" disabled={isRunning.value}>
          {isRunning.value ? 'Running …' : `Run ${name}`}
        </button>
      </form>
    </details>
  );
}
