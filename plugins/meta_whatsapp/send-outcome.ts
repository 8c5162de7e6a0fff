import type { SendOutcome } from '../../core/index.js';

/**
 * What Meta's error codes mean for a send. R: refused before processing, again after a back-off. U: may have been sent.
 * L: later. W: the window is closed. Every other code is final. https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
 */
const CLASSES: ReadonlyMap<number, 'R' | 'R-rate' | 'R-pair' | 'U' | 'L' | 'W'> = new Map([
  [1, 'U'],
  [2, 'U'],
  [4, 'R'],
  [80007, 'R'],
  [130429, 'R-rate'],
  [131000, 'U'],
  [131016, 'U'],
  [131047, 'W'],
  [131056, 'R-pair'],
  [131057, 'L'],
  [133004, 'L'],
  [134101, 'L'],
  [2494100, 'L'],
]);
const LATER_MS = 60_000;

interface GraphError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly is_transient?: unknown;
  readonly error_data?: { readonly details?: unknown };
}

/** The outcome of an answered call. Pure. */
export function outcomeOf(httpStatus: number, text: string): SendOutcome {
  const body = parsed(text) as { messages?: { id?: unknown }[]; error?: GraphError } | undefined;
  const id = body?.messages?.[0]?.id;
  if (httpStatus === 200 && typeof id === 'string') return { result: 'accepted', providerId: id };
  const code = Number(body?.error?.code);
  if (!body?.error || !Number.isInteger(code)) {
    // No word of Meta's: a proxy or a broken answer. Below 500 nothing was processed, unless it says 200.
    const problem = {
      code: 'unknown_outcome',
      message: `Meta answered HTTP ${httpStatus} without an id and without an error code.`,
    };
    if (httpStatus === 429) return { result: 'retry', limit: 'rate', problem };
    return httpStatus >= 500 || httpStatus === 200
      ? { result: 'unknown', problem }
      : { result: 'rejected', problem: { ...problem, code: 'provider_refused' } };
  }
  const details = body.error.error_data?.details ?? body.error.message ?? '';
  const problem = {
    code: 'provider_refused',
    message: `Meta refused with ${code}: ${String(details).slice(0, 500)}`,
    provider_code: code,
  };
  switch (CLASSES.get(code) ?? (body.error.is_transient === true ? 'U' : undefined)) {
    case 'R':
      return { result: 'retry', limit: 'none', problem };
    case 'R-rate':
      return { result: 'retry', limit: 'rate', problem };
    case 'R-pair':
      return { result: 'retry', limit: 'pair', problem };
    case 'U':
      return { result: 'unknown', problem };
    case 'L':
      return { result: 'later', afterMs: LATER_MS, problem };
    case 'W':
      return { result: 'window_closed', problem };
    default:
      return { result: 'rejected', problem };
  }
}

export const WINDOW_CLOSED_CODE = 131047;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Meta and what stands before it also answer pages and nothing at all
  }
}
