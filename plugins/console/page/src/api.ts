export interface Problem {
  readonly code: string;
  readonly message: string;
}
export interface PlacedProblem extends Problem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly excerpt?: string;
}

export interface Field {
  readonly name: string;
  readonly lands_at: string;
  readonly fieldtype: 'text' | 'number' | 'boolean' | 'date' | 'select' | 'file' | 'contact' | 'json';
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  readonly initvalue: { readonly default?: unknown; readonly override?: unknown };
  readonly params: {
    readonly options?: readonly { readonly label: string; readonly value: string }[];
    readonly multiple?: boolean;
    readonly max_length?: number;
    readonly min?: number;
    readonly max?: number;
    readonly with_time?: boolean;
    readonly max_files?: number;
  };
}
export interface Action {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly Field[];
}
export interface Template {
  readonly name: string;
  readonly file: string;
  readonly initial_state: string;
  readonly states: readonly { readonly name: string; readonly actions: readonly string[]; readonly is_done: boolean }[];
  readonly actions: readonly Action[];
  readonly version?: string;
  readonly loaded_at?: string;
  readonly kept?: { readonly stubs: number };
}
export interface Refused {
  readonly file: string;
  readonly version?: string;
  readonly refused_at: string;
  readonly problem_count: number;
  readonly problems: readonly PlacedProblem[];
}
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}
export interface Templates extends Page<Template> {
  readonly watched?: { readonly folder: string; readonly problem?: PlacedProblem };
  readonly refused_count: number;
  readonly refused: readonly Refused[];
}
export interface Stranded {
  readonly template: string;
  readonly state: string;
  readonly count: number;
  readonly newest: readonly string[];
  readonly problem: Problem;
}
export interface Stub {
  readonly stubref: string;
  readonly template: string;
  readonly state: string;
  readonly subject: string;
  readonly data: object;
  readonly created_at: string;
  readonly updated_at: string;
  readonly state_problem?: Problem;
}
export interface Delivery {
  readonly id: string;
  readonly recipient: string;
  readonly channel: string;
  readonly to: string;
  readonly status: string;
  readonly history: readonly { readonly status: string; readonly at: string; readonly error?: Problem }[];
}
export interface PostedBy {
  readonly contactuuid?: string;
  readonly on_behalf_of?: string;
  readonly token?: string;
}
export interface Post {
  readonly stubpostuuid: string;
  readonly action_name: string;
  readonly message: string;
  readonly data: object;
  readonly posted_at: string;
  readonly posted_by: PostedBy;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly tasks: { readonly [key: string]: Outcome };
  readonly notifications: { readonly [key: string]: Outcome & { readonly deliveries: readonly Delivery[] } };
  readonly refused?: Problem;
}
export interface Outcome {
  readonly success: boolean;
  readonly skipped?: true;
  readonly error?: Problem;
}
export interface Actions {
  readonly items: readonly Action[];
  readonly state_problem?: Problem;
}

/** The host has tokens configured and this page has none that fits. */
export class TokenNeeded extends Error {}

/** The host refused a request, with a code of its error table. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

const TOKEN_KEY = 'stubwire.token';
export const keepToken = (token: string): void => sessionStorage.setItem(TOKEN_KEY, token);
export const hasToken = (): boolean => Boolean(sessionStorage.getItem(TOKEN_KEY));

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  const isForm = body instanceof FormData;
  const answer = await fetch(path, {
    method,
    headers: {
      ...(body && !isForm && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The host does not answer. Is it running? The page tries again.');
  });
  if (answer.status === 401) throw new TokenNeeded('This host asks for a token.');
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') && text !== '';
  const data = isJson ? JSON.parse(text) : undefined;
  if (!answer.ok) throw new Refusal(data?.error?.message ?? `The host answered ${answer.status}.`, data?.error?.code);
  return data as T;
}

const query = (params: { readonly [key: string]: string | number | undefined | null }): string => {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
};
const at = (stubref: string): string => `/api/stubs/${encodeURIComponent(stubref)}`;

/** How long an action is waited for; after that its stubpost comes with the log. ms */
const RUN_WAIT_MS = 10_000;

export interface StubFilter {
  readonly template?: string;
  readonly state?: string;
  readonly cursor?: string;
}

export const api = {
  pages: () =>
    call<{ readonly items: readonly { readonly path: string; readonly title: string }[] }>('GET', '/api/pages'),
  ready: () => call<{ readonly restart_needed?: string }>('GET', '/readyz'),
  templates: (cursor?: string) => call<Templates>('GET', `/api/templates${query({ limit: 200, cursor })}`),
  stranded: () => call<Page<Stranded>>('GET', `/api/templates/stranded-stubs${query({ limit: 200 })}`),
  stubs: (filter: StubFilter) => call<Page<Stub>>('GET', `/api/stubs${query({ limit: 25, ...filter })}`),
  stub: (stubref: string) => call<Stub>('GET', at(stubref)),
  posts: (stubref: string, cursor?: string) =>
    call<Page<Post>>('GET', `${at(stubref)}/posts${query({ limit: 20, cursor })}`),
  actions: (stubref: string) => call<Actions>('GET', `${at(stubref)}/actions`),
  run: (stubref: string, action: string, body: { readonly message?: string; readonly data: object }) =>
    call<Post | { readonly stubpostuuid: string }>(
      'POST',
      `${at(stubref)}/actions/${encodeURIComponent(action)}${query({ wait: RUN_WAIT_MS })}`,
      body,
    ),
  upload: async (file: File): Promise<string> => {
    const form = new FormData();
    form.append('file', file);
    const { items } = await call<{ items: readonly { fileuuid: string }[] }>('POST', '/api/files', form);
    return items[0]!.fileuuid;
  },
};
