import { useSignal } from '@preact/signals';
import { api, hasToken, keepToken, TokenNeeded } from './api.js';
import { tokenNeeded } from './screen.js';

const REFUSED = 'This host does not accept this token. Check that it is one of auth.tokens in the configuration.';

/** Asks for a token of the host and tests it. The token is kept for this tab only. */
export function TokenForm() {
  const problem = useSignal(hasToken() ? REFUSED : '');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    keepToken(String(new FormData(event.currentTarget as HTMLFormElement).get('token') ?? '').trim());
    try {
      await api.pages();
      tokenNeeded.value = false;
    } catch (error) {
      problem.value = error instanceof TokenNeeded ? REFUSED : error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <main class="gate">
      <form class="card" onSubmit={submit}>
        <h1>Stubwire console</h1>
        <p>This host has tokens configured. Enter one: a viewer may look, an operator may run actions.</p>
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="off"
          required
          pattern="[!-~]+"
          title="A token consists of ASCII letters, digits and signs, without spaces"
          aria-describedby="token-problem"
        />
        <p id="token-problem" class="bad-text" role="alert">
          {problem.value}
        </p>
        <button class="primary" type="submit">
          Open
        </button>
      </form>
    </main>
  );
}
