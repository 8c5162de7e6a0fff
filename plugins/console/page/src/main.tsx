import { signal, useSignal } from '@preact/signals';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { api } from './api.js';
import { attempt, problem, route, tokenNeeded, toStubs, toTemplates } from './screen.js';
import { StubView } from './stub-view.js';
import { StubsView } from './stubs-view.js';
import { TemplatesView } from './templates-view.js';
import { TokenForm } from './token-form.js';

/** The other pages of this host. */
const pages = signal<readonly { readonly path: string; readonly title: string }[]>([]);

async function readPages(): Promise<void> {
  const answer = await attempt(api.pages);
  if (answer) pages.value = answer.items.filter(({ path }) => path !== '/');
}

function Links() {
  useEffect(() => void readPages(), []);
  const isTemplates = route.value.view === 'templates';
  return (
    <nav aria-label="Console">
      <a href={toTemplates()} aria-current={isTemplates ? 'page' : undefined}>
        Templates
      </a>
      <a href={toStubs()} aria-current={isTemplates ? undefined : 'page'}>
        Stubs
      </a>
      {pages.value.map(({ path, title }) => (
        <a key={path} class="away" href={path}>
          {title}
        </a>
      ))}
    </nav>
  );
}

const RESTART_LOOK_MS = 10_000;

/** Warns that the configuration file has changed since the program started. */
function RestartNotice() {
  const needed = useSignal('');
  useEffect(() => {
    const look = async () => {
      if (document.hidden) return;
      // Other reasons for not being ready are shown where they matter.
      needed.value = await api.ready().then(
        ({ restart_needed: text = '' }) => text,
        () => needed.value,
      );
    };
    void look();
    const timer = setInterval(look, RESTART_LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return needed.value ? (
    <p class="notice warn" role="status">
      <span>{needed.value}</span>
    </p>
  ) : null;
}

function View() {
  const { view, stubref } = route.value;
  if (view === 'stub') return <StubView key={stubref} stubref={stubref} />;
  return view === 'stubs' ? <StubsView /> : <TemplatesView />;
}

function App() {
  if (tokenNeeded.value) return <TokenForm />;
  return (
    <>
      <button class="skip" type="button" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <header class="bar">
        <span class="brand">Stubwire</span>
        <Links />
      </header>
      <main id="main" tabIndex={-1}>
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <RestartNotice />
        <View />
      </main>
    </>
  );
}

render(<App />, document.getElementById('app')!);
