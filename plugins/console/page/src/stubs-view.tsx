import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, type Page, type Stub, type Template } from './api.js';
import { Badge, Empty, When } from './parts.js';
import { attempt, route, toStub, toStubs, update, usePolling } from './screen.js';

const firstPage = signal<Page<Stub> | undefined>(undefined);
/** Pages that were asked for behind the first; those are not read again. */
const older = signal<readonly Page<Stub>[]>([]);
const templates = signal<readonly Template[]>([]);

/** Stubs, newest first, of one template and state or of all. */
export function StubsView() {
  const { template, state } = route.value;
  const key = `${template}|${state}`;
  useEffect(() => {
    firstPage.value = undefined;
    older.value = [];
  }, [key]);
  usePolling(async () => {
    const [stubs, all] = await Promise.all([api.stubs({ template, state }), api.templates()]);
    update(templates, all.items);
    update(firstPage, stubs);
  }, key);
  const pages = firstPage.value ? [firstPage.value, ...older.value] : [];
  const stubs = [...new Map(pages.flatMap(({ items }) => items).map((stub) => [stub.stubref, stub])).values()];
  const next = pages.at(-1)?.next_cursor;
  const more = async () => {
    const page = await attempt(() => api.stubs({ template, state, ...(next && { cursor: next }) }));
    if (page) older.value = [...older.value, page];
  };
  return (
    <>
      <h1>Stubs</h1>
      <Filter />
      {!firstPage.value && <Empty>Reading the stubs …</Empty>}
      {firstPage.value && stubs.length === 0 && (
        <Empty>
          {template
            ? 'No stub of this kind.'
            : 'No stub yet. POST /api/stubs makes one, or a message that a template takes.'}
        </Empty>
      )}
      {stubs.length > 0 && <StubTable stubs={stubs} />}
      {next && (
        <button type="button" onClick={more}>
          Show older stubs
        </button>
      )}
    </>
  );
}

function Filter() {
  const { template, state } = route.value;
  const states = templates.value.find(({ name }) => name === template)?.states.map(({ name }) => name) ?? [];
  const go = (hash: string) => {
    location.hash = hash;
  };
  // What is asked for may be gone from the templates: it stays in the list, so that the list says what is shown.
  const named = [...new Set([...templates.value.map(({ name }) => name), ...(template ? [template] : [])])];
  const standing = [...new Set([...states, ...(state ? [state] : [])])];
  return (
    <form class="filter" onSubmit={(event) => event.preventDefault()}>
      <label>
        Template
        <select value={template} onChange={(event) => go(toStubs(event.currentTarget.value))}>
          <option value="">all</option>
          {named.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        State
        <select
          value={state}
          disabled={!template}
          onChange={(event) => go(toStubs(template, event.currentTarget.value))}
        >
          <option value="">all</option>
          {standing.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </form>
  );
}

function StubTable({ stubs }: { readonly stubs: readonly Stub[] }) {
  return (
    <table class="stubs">
      <thead>
        <tr>
          <th scope="col">Stub</th>
          <th scope="col">Subject</th>
          <th scope="col">Template</th>
          <th scope="col">State</th>
          <th scope="col">Made</th>
        </tr>
      </thead>
      <tbody>
        {stubs.map((stub) => (
          <tr key={stub.stubref}>
            <th scope="row">
              <a href={toStub(stub.stubref)}>{stub.stubref}</a>
            </th>
            <td class="subject">{stub.subject && <a href={toStub(stub.stubref)}>{stub.subject}</a>}</td>
            <td>{stub.template}</td>
            <td>
              <Badge kind={stub.state_problem ? 'warn' : ''}>{stub.state}</Badge>
              {stub.state_problem && <span class="hint"> gone</span>}
            </td>
            <td>
              <When at={stub.created_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
