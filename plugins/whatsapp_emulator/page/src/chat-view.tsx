import { useEffect, useRef } from 'preact/hooks';
import { Bubble } from './bubble.js';
import { Composer } from './composer.js';
import { accounts, chooseProfile, clock, current, profile, shown } from './phone.js';

const WINDOW_MS = 86_400_000;

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
    if (newest) list.current?.lastElementChild?.scrollIntoView({ block: 'end' });
  }, [newest]);

  const client = current.value;
  if (!client) return <main class="chat empty">Add a client to begin: a number and a name.</main>;
  return (
    <main class="chat">
      <div class="chat-head">
        <div class="who">
          <strong>{client.name}</strong>
          <small>+{client.client}</small>
        </div>
        <Profiles />
        <small class="window">{windowState()}</small>
      </div>
      <ul class="messages" ref={list} role="log" aria-label={`Chat of ${client.name}`} aria-live="polite">
        {shown.value.map((message) => (
          <Bubble key={message.id} message={message} />
        ))}
      </ul>
      {client.typing.includes(profile.value) && <p class="typing-line">{profile.value} is typing…</p>}
      <Composer />
    </main>
  );
}
