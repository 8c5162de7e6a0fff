import { useSignal } from '@preact/signals';
import type { Client } from './api.js';
import { addClient, choose, chosen, clients } from './phone.js';

function ClientEntry({ client }: { client: Client }) {
  const { number, username, user_id } = client;
  const detail = client.typing.length > 0 ? 'typing…' : number ? `+${number}` : username ? `@${username}` : user_id;
  return (
    <li>
      <button
        type="button"
        class="client"
        aria-current={client.client === chosen.value ? 'true' : undefined}
        onClick={() => choose(client.client)}
      >
        <span class="avatar" aria-hidden="true">
          {client.name.slice(0, 1).toUpperCase()}
        </span>
        <span class="who">
          <strong>{client.name}</strong>
          <small class={client.typing.length > 0 ? 'typing' : ''}>{detail}</small>
        </span>
        <time dateTime={client.last_at}>
          {new Date(client.last_at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
        </time>
      </button>
    </li>
  );
}

/** The phones: everyone who has a chat, and a form for one more. */
export function ClientList() {
  const open = useSignal(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void addClient(String(form.get('number')), String(form.get('name')).trim());
    open.value = false;
  };
  const showForm = open.value || clients.value.length === 0;
  return (
    <nav class="clients" aria-label="Clients">
      <div class="clients-head">
        <h2>Clients</h2>
        <button type="button" aria-expanded={showForm} onClick={() => (open.value = !open.value)}>
          Add
        </button>
      </div>
      {showForm && (
        <form class="add" onSubmit={submit}>
          <label>
            Number, with country code
            <input
              name="number"
              type="tel"
              placeholder="+27 82 555 0101"
              pattern="\+?[0-9 \(\)\-]{7,20}"
              title="+, the country code and the number: 7 to 15 digits"
              required
            />
          </label>
          <label>
            Name
            <input name="name" placeholder="Thandi" maxLength={128} />
          </label>
          <button class="primary" type="submit">
            Open the phone
          </button>
        </form>
      )}
      <ul>
        {clients.value.map((client) => (
          <ClientEntry key={client.client} client={client} />
        ))}
      </ul>
    </nav>
  );
}
