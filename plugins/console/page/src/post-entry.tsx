import type { Delivery, Outcome, Post, PostedBy } from './api.js';
import { Badge, Data, When } from './parts.js';

const BAD = ['failed', 'cancelled'];
const GOOD = ['delivered', 'read', 'played'];

/** One entry of a stub's log. */
export function PostEntry({ post }: { readonly post: Post }) {
  const { action_name: action, message, posted_at: at, from_state: from, to_state: to, refused } = post;
  const hasData = Object.keys(post.data).length > 0;
  return (
    <li class={refused ? 'post refused' : 'post'}>
      <p class="post-head">
        <b>{action}</b>
        {refused ? (
          <Badge kind="bad">refused: {refused.code}</Badge>
        ) : (
          <span class="meta">{from === null ? `→ ${to}` : from === to ? to : `${from} → ${to}`}</span>
        )}
        <Author by={post.posted_by} />
        <When at={at} />
      </p>
      {message && <p class="said">{message}</p>}
      {refused && <p class="bad-text">{refused.message}</p>}
      <Tasks tasks={post.tasks} />
      {Object.entries(post.notifications).map(([key, { deliveries, error }]) => (
        <div key={key}>
          {error && (
            <p class="bad-text">
              {key}: {error.message}
            </p>
          )}
          <ul class="deliveries">
            {deliveries.map((delivery) => (
              <DeliveryLine key={delivery.id} name={key} delivery={delivery} />
            ))}
          </ul>
        </div>
      ))}
      {hasData && (
        <details>
          <summary>Data</summary>
          <Data value={post.data} />
        </details>
      )}
    </li>
  );
}

/** The author of the post. A token beside `on_behalf_of` means that somebody acted for that person. */
function Author({ by: { contactuuid, on_behalf_of: client, token } }: { readonly by: PostedBy }) {
  if (token === undefined && contactuuid === undefined && client === undefined) return null;
  const actor = token ?? contactuuid;
  return (
    <span class="meta">
      by {actor === undefined ? <Id of={client!} /> : token ? <b title={contactuuid}>{token}</b> : <Id of={actor} />}
      {actor !== undefined && client !== undefined && (
        <>
          {' '}
          <Badge kind="warn">
            in the name of <Id of={client} />
          </Badge>
        </>
      )}
    </span>
  );
}

/** The beginning of an id; hover shows the whole id. */
const Id = ({ of }: { readonly of: string }) => <code title={of}>{of.slice(0, 8)}</code>;

function Tasks({ tasks }: { readonly tasks: { readonly [key: string]: Outcome } }) {
  const entries = Object.entries(tasks);
  if (entries.length === 0) return null;
  return (
    <ul class="tasks" aria-label="Tasks">
      {entries.map(([key, { success, skipped, error }]) => (
        <li key={key}>
          <Badge kind={skipped ? '' : success ? 'good' : 'bad'}>
            {key}: {skipped ? 'skipped' : success ? 'done' : 'failed'}
          </Badge>
          {error && <span class="bad-text"> {error.message}</span>}
        </li>
      ))}
    </ul>
  );
}

function DeliveryLine({ name, delivery }: { readonly name: string; readonly delivery: Delivery }) {
  const { channel, to, status, history } = delivery;
  const error = history.findLast((step) => step.error)?.error;
  const kind = BAD.includes(status) ? 'bad' : GOOD.includes(status) ? 'good' : '';
  return (
    <li>
      <span class="meta">
        {name}: {channel} to {to}
      </span>{' '}
      <Badge kind={kind}>{status}</Badge>
      <details>
        <summary>
          {history.length} {history.length === 1 ? 'step' : 'steps'}
        </summary>
        <ol>
          {history.map((step) => (
            <li key={step.status + step.at}>
              {step.status} <When at={step.at} />
            </li>
          ))}
        </ol>
      </details>
      {error && <p class="bad-text">{error.message}</p>}
    </li>
  );
}
