import { keepToken } from './api.js';
import { tokenNeeded } from './screen.js';

/** Asks for one of the host's tokens; it is kept for this tab only. */
export function TokenForm() {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    keepToken(String(new FormData(event.currentTarget as HTMLFormElement).get('token') ?? '').trim());
    tokenNeeded.value = false;
  };
  return (
    <main class="gate">
      <form class="card" onSubmit={submit}>
        <h1>Stubwire console</h1>
        <p>This host has tokens configured. Enter one: a viewer may look, an operator may run actions.</p>
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" required />
        <button class="primary" type="submit">
          Open
        </button>
      </form>
    </main>
  );
}
