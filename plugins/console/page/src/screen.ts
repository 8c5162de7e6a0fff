import { effect, type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { TokenNeeded } from './api.js';

/** What is on the screen, from the part of the address behind `#`. */
export interface Route {
  readonly view: 'templates' | 'stubs' | 'stub';
  readonly stubref: string;
  readonly template: string;
  readonly state: string;
}

export const route = signal<Route>(read(location.hash));
export const problem = signal('');
export const tokenNeeded = signal(false);

const LOOK_EVERY_MS = 2_000;

export const toTemplates = (): string => '#/templates';
export const toStubs = (template = '', state = ''): string => {
  const params = new URLSearchParams({ ...(template && { template }), ...(state && { state }) });
  return `#/stubs${params.size > 0 ? `?${params}` : ''}`;
};
export const toStub = (stubref: string): string => `#/stubs/${encodeURIComponent(stubref)}`;

function read(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first = '', second = ''] = path.split('/');
  const params = new URLSearchParams(search);
  const filter = { template: params.get('template') ?? '', state: params.get('state') ?? '' };
  if (first === 'stubs' && second) return { view: 'stub', stubref: decoded(second), ...filter };
  return { view: first === 'stubs' ? 'stubs' : 'templates', stubref: '', ...filter };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

addEventListener('hashchange', () => {
  route.value = read(location.hash);
  problem.value = '';
});
effect(() => {
  const { view, stubref } = route.value;
  document.title = `${view === 'stub' ? stubref : view === 'stubs' ? 'Stubs' : 'Templates'} · Stubwire`;
});

/** Does something for the person at the screen; what goes wrong is said there. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    const result = await work();
    problem.value = '';
    return result;
  } catch (error) {
    if (error instanceof TokenNeeded) tokenNeeded.value = true;
    else problem.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

/** Replaces a signal's value only if it is another, so that nothing is drawn again for nothing. */
export function update<T>(target: Signal<T>, value: T): void {
  if (JSON.stringify(target.peek()) !== JSON.stringify(value)) target.value = value;
}

/** Reads what a view shows, at once and again while the page is visible, until the view is left. */
export function usePolling(look: () => Promise<void>, key: string): void {
  useEffect(() => {
    let isLooking = false;
    let failed = '';
    const again = async () => {
      if (isLooking || document.hidden || tokenNeeded.peek()) return;
      isLooking = true;
      try {
        await look();
        if (failed && problem.peek() === failed) problem.value = '';
        failed = '';
      } catch (error) {
        failed = error instanceof Error ? error.message : String(error);
        if (error instanceof TokenNeeded) tokenNeeded.value = true;
        else problem.value = failed;
      } finally {
        isLooking = false;
      }
    };
    void again();
    const timer = setInterval(again, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [key]);
}
