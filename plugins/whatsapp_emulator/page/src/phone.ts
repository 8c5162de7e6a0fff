import { computed, effect, signal } from '@preact/signals';
import { type Account, api, type Client, type ClockTime, type Message, TokenNeeded, type Write } from './api.js';

const LOOK_EVERY_MS = 1_000;

/** What the page shows; every part of it reads these and nothing else. */
export const accounts = signal<readonly Account[]>([]);
export const chosen = signal('');
export const messages = signal<readonly Message[]>([]);
export const quoted = signal<Message | undefined>(undefined);
export const problem = signal('');
export const tokenNeeded = signal(false);
/** The clock, and when it was read on this machine. */
export const clock = signal<(ClockTime & { readonly readAt: number }) | undefined>(undefined);

const listed = signal<readonly Client[]>([]);
/** Clients added on this page that have not written yet. */
const added = signal<readonly Client[]>([]);
const chosenProfile = signal('');

export const clients = computed(() => [
  ...added.value.filter(({ client }) => listed.value.every((each) => each.client !== client)),
  ...listed.value,
]);
export const current = computed(() => clients.value.find(({ client }) => client === chosen.value));
export const profile = computed(
  () => chosenProfile.value || messages.value.at(-1)?.profile || accounts.value[0]?.profile || '',
);
export const shown = computed(() => messages.value.filter((each) => each.profile === profile.value));

export const choose = (client: string): void => {
  if (client === chosen.value) return;
  chosen.value = client;
  messages.value = [];
  quoted.value = undefined;
  chosenProfile.value = '';
  void look();
};
export const chooseProfile = (name: string): void => {
  chosenProfile.value = name;
};

export function addClient(number: string, name: string): void {
  const client = number.replace(/\D/g, '');
  added.value = [{ client, name: name || `Client ${client.slice(-4)}`, typing: [] }, ...added.value];
  choose(client);
}

export async function write(what: Omit<Write, 'profile'>): Promise<boolean> {
  const client = current.value;
  if (!client) return false;
  const isNew = !client.last_at;
  const done = await attempt(() =>
    api.write(client.client, { ...what, profile: profile.value, ...(isNew && { name: client.name }) }),
  );
  if (done) quoted.value = undefined;
  await look();
  return done;
}

export async function advance(ms: number): Promise<void> {
  await attempt(async () => setClock(await api.advance(ms)));
  await look();
}

const setClock = (time: ClockTime): void => {
  clock.value = { ...time, readAt: Date.now() };
};

async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    problem.value = '';
    return true;
  } catch (error) {
    if (error instanceof TokenNeeded) tokenNeeded.value = true;
    else problem.value = error instanceof Error ? error.message : String(error);
    return false;
  }
}

/** Replaces a signal's value only if it is another, so that nothing is drawn again for nothing. */
function update<T>(target: { value: T }, value: T): void {
  if (JSON.stringify(target.value) !== JSON.stringify(value)) target.value = value;
}

let looking = false;

/** Reads everything that is shown; what the client can now see is marked read. */
export async function look(): Promise<void> {
  if (looking || tokenNeeded.value) return;
  looking = true;
  await attempt(async () => {
    const client = chosen.value;
    const [all, time, chat, numbers] = await Promise.all([
      api.clients(),
      api.clock(),
      client ? api.chat(client) : [],
      accounts.value.length > 0 ? accounts.value : api.accounts(),
    ]);
    update(listed, all);
    update(accounts, numbers);
    setClock(time);
    if (client !== chosen.value) return;
    update(messages, chat);
    if (chat.some((each) => each.direction === 'to_client' && each.status === 'delivered')) await api.read(client);
  });
  looking = false;
}

/** Looks each second while the page is visible. */
export function keepLooking(): void {
  setInterval(() => !document.hidden && void look(), LOOK_EVERY_MS);
  document.addEventListener('visibilitychange', () => void look());
  effect(() => {
    if (!tokenNeeded.value) void look();
  });
  effect(() => {
    const first = clients.value[0];
    if (!chosen.peek() && first) choose(first.client);
  });
}
