import type { FastifyRequest } from 'fastify';
import { StubwireError } from '../errors.js';
import type { Caller } from './auth.js';
import { isLoopback } from './loopback.js';

const LOCAL: Caller = { name: 'local', role: 'admin' };
const READING = new Set(['GET', 'HEAD']);
/** A host name or address, and a port. A URL parser would take `localhost:80@example.org` for the host example.org. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i;
/** Values of Sec-Fetch-Site for requests from this site, and for those that the user started. */
const OWN_SITE = new Set(['same-origin', 'none']);

export const isReading = (method: string): boolean => READING.has(method);

/**
 * The caller if no tokens are configured. Listening on loopback only does not keep others out: a page in the operator's
 * browser can post here, a foreign host name can resolve to this machine, and a tunnel opened for webhooks leads here.
 * Host, Origin or Sec-Fetch-Site reveal all of these. Errors: `origin_refused`.
 */
export function localCaller({ method, headers }: FastifyRequest): Caller {
  const host = HOST.test(headers.host ?? '') && URL.canParse(`http://${headers.host}`) ? headers.host : undefined;
  const own = host === undefined ? undefined : new URL(`http://${host}`);
  if (!own || !isLoopback(own.hostname)) throw refused('only requests from this machine to localhost are answered');
  const { origin } = headers;
  const from = origin === undefined ? own : URL.canParse(origin) ? new URL(origin) : undefined;
  if (!from || !isLoopback(from.hostname)) throw refused('requests from pages of other sites are refused');
  if (isReading(method)) return LOCAL;
  const site = headers['sec-fetch-site'];
  const isOwnSite = site === undefined || (typeof site === 'string' && OWN_SITE.has(site));
  if (from.host !== own.host || !isOwnSite)
    throw refused('only pages of this host, and programs other than browsers, may change data');
  return LOCAL;
}

const refused = (why: string): StubwireError =>
  new StubwireError(
    'origin_refused',
    `No tokens are configured, so ${why}. Configure auth.tokens to allow other requests.`,
  );
