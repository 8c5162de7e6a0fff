import { computed, effect, signal } from '@preact/signals';
import { type Account, api, type Client, type ClockTime, type Message, TokenNeeded, type Write } from './api.js';
import { fold } from './chat-fold.js';
import type { TemplateDefinition } from './payload.js';

const LOOK_EVERY_MS = 1_000;

/** What the page shows; every part of it reads these and nothing else. */
export const accounts = signal<readonly Account[]>([]);
export const clients = signal<readonly Client[]>([]);
export const chosen = signal('');
export const messages = signal<readonly Message[]>([]);
export const templates = signal<readonly TemplateDefinition[]>([]);
/** The message that the next one quotes, or whose text it replaces. */
export const quoted = signal<Message | undefined>(undefined);
export const editing = signal<Message | undefined>(undefined);
export const problem = signal('');
export const tokenNeeded = signal(false);
/** The clock, and when it was read on this machine. */
export const clock = signal<(ClockTime & { readonly readAt: number }) | undefined>(undefined);

const chosenProfile = signal('');

export const current = computed(() => clients.value.find(({ client }) => client === chosen.value));
export const profile = computed(
  () => chosenProfile.value || messages.value.at(-1)?.profile || accounts.value[0]?.profile || '',
);
export const shown = computed(() => messages.value.filter((each) => each.profile === profile.value));
export const bubbles = computed(() => fold(shown.value));
export const commands = computed(
  () => accounts.value.find((account) => account.profile === profile.value)?.commands ?? [],
);

export const choose = (client: string): void => {
  if (client === chosen.value) return;
  chosen.value = client;
  messages.value = [];
  quoted.value = undefined;
  editing.value = undefined;
  chosenProfile.value = '';
  void look();
};
export const chooseProfile = (name: string): void => {
  chosenProfile.value = name;
};

export async function addClient(number: string, name: string, newPerson = false): Promise<void> {
  await attempt(async () => {
    const client = await api.add({ number, ...(name && { name }), ...(newPerson && { new_person: true }) });
    clients.value = [client, ...clients.value.filter((each) => each.client !== client.client)];
    choose(client.client);
  });
  await look();
}

/** Does something as the client on the screen. False where it was refused; `problem` says why. */
export async function act(work: (client: Client) => Promise<unknown>): Promise<boolean> {
  const client = current.value;
  if (!client) return false;
  const done = await attempt(() => work(client));
  await look();
  return done;
}

export async function write(what: Omit<Write, 'profile'>): Promise<boolean> {
  const done = await act((client) => api.write(client, { ...what, profile: profile.value }));
  if (done) {
    quoted.value = undefined;
    editing.value = undefined;
  }
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
  const [problemBefore, client] = [problem.value, current.value];
  const seen = await attempt(async () => {
    const [all, time, numbers, chat] = await Promise.all([
      api.clients(),
      api.clock(),
      api.accounts(),
      client ? api.chat(client) : [],
    ]);
    update(clients, all);
    update(accounts, numbers);
    setClock(time);
    if (!client || client.client !== chosen.value) return;
    const isUnknown = chat.some(({ payload: { template } }) => template && !known(template.name));
    if (isUnknown) update(templates, await api.templates());
    update(messages, chat);
    if (chat.some((each) => each.direction === 'to_client' && each.status === 'delivered')) await api.read(client);
  });
  if (seen) problem.value = problemBefore; // what was refused stays on the screen until something else is done
  looking = false;
}

const known = (name: string): boolean => templates.value.some((template) => template.name === name);

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
