import { useEffect, useRef } from 'preact/hooks';
import type { Client } from './api.js';
import { Bubble } from './bubble.js';
import { ClientMenu } from './client-menu.js';
import { Composer } from './composer.js';
import { accounts, bubbles, chooseProfile, clock, current, profile, shown } from './phone.js';

const WINDOW_MS = 86_400_000;

/** What the business knows the client by. */
function Known({ client: { number, hide_number, username, user_id, marketing_stopped } }: { client: Client }) {
  return (
    <small title={user_id}>
      {number && <span class={hide_number ? 'hidden-number' : ''}>+{number}</span>}
      {username && ` @${username}`}
      {!number && !username && user_id}
      {hide_number && ' · number hidden'}
      {marketing_stopped && ' · no marketing'}
    </small>
  );
}

/** How long the business may still write freely, in words. */
function windowState(): string {
  const last = shown.value.findLast((each) => each.direction === 'from_client');
  const left = last && clock.value ? Date.parse(last.at) + WINDOW_MS - clock.value.now_ms : 0;
  if (left <= 0) return 'Service window closed: only templates arrive';
  return `Service window open for ${Math.floor(left / 3_600_000)} h ${Math.floor((left % 3_600_000) / 60_000)} min`;
}

function Profiles() {
  if (accounts.value.length < 2) return <span>{profile.value && `with ${profile.value}`}</span>;
  return (
    <label>
      with{' '}
      <select value={profile.value} onChange={(event) => chooseProfile(event.currentTarget.value)}>
        {accounts.value.map((account) => (
          <option key={account.profile} value={account.profile}>
            {account.profile} (+{account.display_phone_number})
          </option>
        ))}
      </select>
    </label>
  );
}

/** The chat of the chosen client. */
export function ChatView() {
  const list = useRef<HTMLUListElement>(null);
  const newest = shown.value.at(-1)?.id;
  useEffect(() => {
    const box = list.current;
    const toNewest = () => box?.lastElementChild?.scrollIntoView({ block: 'end' });
    if (newest) toNewest();
    box?.addEventListener('load', toNewest, true); // a picture is as high as it is only once it is there
    return () => box?.removeEventListener('load', toNewest, true);
  }, [newest]);

  const client = current.value;
  if (!client) return <main class="chat empty">Add a client to begin: a number and a name.</main>;
  return (
    <main class="chat">
      <div class="chat-head">
        <div class="who">
          <strong>{client.name}</strong>
          <Known client={client} />
        </div>
        <Profiles />
        <small class="window">{windowState()}</small>
        <ClientMenu client={client} />
      </div>
      <ul class="messages" ref={list} role="log" aria-label={`Chat of ${client.name}`} aria-live="polite">
        {bubbles.value.map((bubble) => (
          <Bubble key={bubble.message.id} {...bubble} />
        ))}
      </ul>
      {client.typing.includes(profile.value) && <p class="typing-line">{profile.value} is typing…</p>}
      <Composer />
    </main>
  );
}
