import { signal } from '@preact/signals';
import { api, type Refused, type Stranded, type Template, type Templates } from './api.js';
import { Badge, Empty, ProblemText, When } from './parts.js';
import { toStub, toStubs, update, usePolling } from './screen.js';

const templates = signal<Templates | undefined>(undefined);
const stranded = signal<readonly Stranded[]>([]);

async function look(): Promise<void> {
  const [all, without] = await Promise.all([api.templates(), api.stranded()]);
  let whole = all;
  for (let cursor = all.next_cursor; cursor !== null; ) {
    const page = await api.templates(cursor);
    whole = { ...whole, items: [...whole.items, ...page.items], next_cursor: null };
    cursor = page.next_cursor;
  }
  update(templates, whole);
  update(stranded, without.items);
}

const nameOf = (file: string): string => file.split(/[\\/]/).at(-1)!;

/** The templates in force; above them what a person should look at. */
export function TemplatesView() {
  usePolling(look, 'templates');
  const shown = templates.value;
  if (!shown) return <Empty>Reading the templates …</Empty>;
  return (
    <>
      <h1>Templates</h1>
      <Watching shown={shown} />
      {shown.refused_count > 0 && <RefusedFiles count={shown.refused_count} files={shown.refused} />}
      {stranded.value.length > 0 && <StrandedStubs places={stranded.value} />}
      {shown.items.length === 0 ? (
        <Empty>
          No template is loaded. Put a YAML file with the keys template, initial_state, states and actions into the
          folder of the templates.
        </Empty>
      ) : (
        <ul class="cards">
          {shown.items.map((template) => (
            <TemplateCard key={template.name} template={template} />
          ))}
        </ul>
      )}
    </>
  );
}

function Watching({ shown: { watched } }: { readonly shown: Templates }) {
  if (!watched) return <p class="hint">Templates are read at start only (templates_watch is false).</p>;
  if (watched.problem) {
    return (
      <section class="notice bad" role="alert">
        <h2>The folder cannot be read: templates stay as they are</h2>
        <ProblemText problem={watched.problem} />
      </section>
    );
  }
  return (
    <p class="hint">
      <code>{watched.folder}</code> is watched: save a file, and it is in force within about a second.
    </p>
  );
}

function RefusedFiles({ count, files }: { readonly count: number; readonly files: readonly Refused[] }) {
  return (
    <section class="notice bad" aria-labelledby="refused">
      <h2 id="refused">
        {count} {count === 1 ? 'file is' : 'files are'} refused
      </h2>
      <p>What was loaded of {count === 1 ? 'it' : 'them'} before stays in force. Mend it and save.</p>
      {files.map(({ file, version, refused_at: at, problem_count: found, problems }) => (
        <article key={file}>
          <h3>{nameOf(file)}</h3>
          <p class="meta">
            refused <When at={at} />
            {version && (
              <>
                , version <code>{version}</code>
              </>
            )}
          </p>
          {problems.map((problem) => (
            <ProblemText key={`${problem.line}:${problem.column}:${problem.message}`} problem={problem} />
          ))}
          {found > problems.length && <p class="hint">and {found - problems.length} more</p>}
        </article>
      ))}
    </section>
  );
}

function StrandedStubs({ places }: { readonly places: readonly Stranded[] }) {
  return (
    <section class="notice warn" aria-labelledby="stranded">
      <h2 id="stranded">Stubs in states that are gone</h2>
      <p>
        Only base actions run on them. Open one to move it to a state that its template has, or put the template back.
      </p>
      <ul>
        {places.map(({ template, state, count, newest, problem }) => (
          <li key={`${template} ${state}`}>
            <a href={toStubs(template, state)}>
              {count} in <b>{template}</b> / <b>{state}</b>
            </a>
            {problem.code === 'template_unknown' && <span class="hint">not loaded: put its file back</span>}
            <span class="refs">
              {newest.map((stubref) => (
                <a key={stubref} href={toStub(stubref)}>
                  {stubref}
                </a>
              ))}
              {count > newest.length && <span>and {count - newest.length} more</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TemplateCard({ template }: { readonly template: Template }) {
  const { name, file, version, loaded_at: loadedAt, states, initial_state: initial, actions, kept } = template;
  const unlisted = actions.filter(
    (action) => !action.name.startsWith('_') && !states.some((state) => state.actions.includes(action.name)),
  );
  return (
    <li class="card">
      <header>
        <h2>{name}</h2>
        <a href={toStubs(name)}>its stubs</a>
      </header>
      <p class="meta">
        <code title={file}>{nameOf(file)}</code>
        {loadedAt && (
          <>
            {' '}
            loaded <When at={loadedAt} />
          </>
        )}
        {version && (
          <>
            , version <code>{version}</code>
          </>
        )}
      </p>
      {kept && (
        <p class="notice warn">
          No file has this template any more. It stays for {kept.stubs} {kept.stubs === 1 ? 'stub' : 'stubs'} not done,
          until the next start: put its file back, or close them.
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Actions</th>
          </tr>
        </thead>
        <tbody>
          {states.map((state) => (
            <tr key={state.name}>
              <th scope="row">
                <a href={toStubs(name, state.name)}>{state.name}</a> {state.name === initial && <Badge>first</Badge>}
                {state.is_done && <Badge kind="good">end</Badge>}
              </th>
              <td>{state.actions.join(', ') || <span class="hint">base actions only</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {unlisted.length > 0 && (
        <p class="meta">In no state’s list: {unlisted.map((action) => action.name).join(', ')}</p>
      )}
    </li>
  );
}
