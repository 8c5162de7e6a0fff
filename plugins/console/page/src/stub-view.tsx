import { useSignal } from '@preact/signals';
import { ActionForm } from './action-form.js';
import { type Actions, api, type Page, type Post, Refusal, type Stub, type Template } from './api.js';
import { Badge, Empty, When } from './parts.js';
import { PostEntry } from './post-entry.js';
import { attempt, toStubs, update, usePolling } from './screen.js';
import { StubData } from './stub-data.js';

interface Shown {
  readonly stub: Stub;
  readonly actions: Actions;
}

/** One stub: where it stands, what can run on it, its log. */
export function StubView({ stubref }: { readonly stubref: string }) {
  const shown = useSignal<Shown | undefined>(undefined);
  const posts = useSignal<Page<Post>>({ items: [], next_cursor: null });
  const older = useSignal<readonly Page<Post>[]>([]);
  const template = useSignal<Template | undefined>(undefined);
  const said = useSignal('');
  const isUnknown = useSignal(false);
  const look = async () => {
    const read = Promise.all([api.stub(stubref), api.actions(stubref), api.posts(stubref)]);
    const answers = await read.catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'stub_unknown') return undefined;
      throw error;
    });
    isUnknown.value = answers === undefined;
    if (!answers) return;
    const [stub, actions, log] = answers;
    if (stub.state_problem) {
      const all = await api.templates();
      update(
        template,
        all.items.find(({ name }) => name === stub.template),
      );
    }
    update(shown, { stub, actions });
    update(posts, log);
  };
  usePolling(look, stubref);
  if (isUnknown.value) return <UnknownStub stubref={stubref} />;
  if (!shown.value) return <Empty>Reading {stubref} …</Empty>;
  const { stub, actions } = shown.value;
  const run = async (action: string, body: { readonly message?: string; readonly data: object }) => {
    const done = await attempt(() => api.run(stubref, action, body));
    if (!done) return false;
    said.value = `${action} ${'action_name' in done ? 'has run' : 'is waiting for its turn'}.`;
    await attempt(look);
    return true;
  };
  const pages = [posts.value, ...older.value];
  const log = [...new Map(pages.flatMap(({ items }) => items).map((post) => [post.stubpostuuid, post])).values()];
  const next = pages.at(-1)!.next_cursor;
  const more = async () => {
    const page = next && (await attempt(() => api.posts(stubref, next)));
    if (page) older.value = [...older.value, page];
  };
  return (
    <>
      <header class="stub-head">
        <h1>{stub.subject || stubref}</h1>
        <p class="meta">
          <code>{stubref}</code> of <a href={toStubs(stub.template)}>{stub.template}</a>, in{' '}
          <Badge kind={stub.state_problem ? 'warn' : 'state'}>{stub.state}</Badge>, made <When at={stub.created_at} />,
          changed <When at={stub.updated_at} />
        </p>
      </header>
      {stub.state_problem && (
        <section class="notice warn" aria-labelledby="gone">
          <h2 id="gone">This stub cannot go on as it stands</h2>
          <p>{stub.state_problem.message}</p>
          {template.value && <MoveForm states={template.value.states.map(({ name }) => name)} run={run} />}
        </section>
      )}
      <p class="status good-text" role="status">
        {said.value}
      </p>
      <div class="columns">
        <section aria-labelledby="actions">
          <h2 id="actions">Actions</h2>
          {actions.items.length === 0 && <Empty>Nothing can run on this stub now.</Empty>}
          {actions.items.map((action) => (
            <ActionForm key={action.name} action={action} run={run} />
          ))}
          <h2>Data</h2>
          <StubData data={stub.data} />
        </section>
        <section aria-labelledby="log">
          <h2 id="log">Log, newest first</h2>
          {log.length === 0 && <Empty>Nothing yet.</Empty>}
          <ol class="log">
            {log.map((post) => (
              <PostEntry key={post.stubpostuuid} post={post} />
            ))}
          </ol>
          {next && (
            <button type="button" onClick={more}>
              Show older entries
            </button>
          )}
        </section>
      </div>
    </>
  );
}

function UnknownStub({ stubref }: { readonly stubref: string }) {
  return (
    <>
      <h1>There is no stub {stubref}</h1>
      <p>
        Check the stubref, or look for it among <a href={toStubs()}>all stubs</a>.
      </p>
    </>
  );
}

function MoveForm(form: {
  readonly states: readonly string[];
  run(action: string, body: { readonly data: object }): Promise<boolean>;
}) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const state = String(new FormData(event.currentTarget as HTMLFormElement).get('state'));
    void form.run('_update', { data: { state } });
  };
  return (
    <form class="row" onSubmit={submit}>
      <label>
        Move it to
        <select name="state">
          {form.states.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </label>
      <button class="primary" type="submit">
        Move
      </button>
    </form>
  );
}
