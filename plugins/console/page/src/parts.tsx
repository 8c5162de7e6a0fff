import type { ComponentChildren } from 'preact';
import type { PlacedProblem } from './api.js';

/** A moment, short and in the reader's own zone; the whole of it on hover. */
export function When({ at }: { readonly at: string }) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const text = isToday
    ? date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
    : date.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <time dateTime={at} title={at}>
      {text}
    </time>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Badge({ kind, children }: { readonly kind?: string; readonly children: ComponentChildren }) {
  return <span class={`badge ${kind ?? ''}`}>{children}</span>;
}

/** A problem as `check` prints it: place, message, the line with a caret under the column. */
export function ProblemText({
  problem: { file, line, column, code, message, excerpt },
}: {
  readonly problem: PlacedProblem;
}) {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const from = Math.max(0, (column ?? 1) - 60);
  return (
    <div class="found">
      <p>
        <code class="place">{place}</code> <Badge kind="bad">{code}</Badge>
      </p>
      <p>{message}</p>
      {excerpt !== undefined && (
        <pre>
          {excerpt.slice(from, from + 160)}
          {column !== undefined && `\n${' '.repeat(column - 1 - from)}^`}
        </pre>
      )}
    </div>
  );
}

/** Data as it is; nothing in it is markup. */
export function Data({ value }: { readonly value: unknown }) {
  return <pre class="data">{JSON.stringify(value, null, 2)}</pre>;
}
