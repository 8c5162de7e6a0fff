import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** What whoever has a link sees of a stub: where it stands, and nothing of its data. */
export interface StubGlance {
  readonly subject: string;
  readonly state: string;
  readonly is_done: boolean;
  /** ISO 8601. */
  readonly updated_at: string;
}

const STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;color:#222;background:#fff}h1{font-size:1.4rem;overflow-wrap:anywhere}dt{color:#666;font-size:.9rem}dd{margin:0 0 1rem;overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}dt{color:#999}}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const ENTITIES: { readonly [sign: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><h1><bdi>${escaped(title)}</bdi></h1>${body}</body></html>\n`;

export function stubPage({ subject, state, is_done, updated_at }: StubGlance, sender: string): string {
  const done = is_done ? ' (done)' : '';
  const changed = `${updated_at.slice(0, 16).replace('T', ' ')} UTC`;
  return page(
    subject === '' ? sender : subject,
    `<dl><dt>State</dt><dd><bdi>${escaped(state)}</bdi>${done}</dd><dt>Last change</dt><dd><time datetime="${escaped(updated_at)}">${escaped(changed)}</time></dd></dl><p><bdi>${escaped(sender)}</bdi></p>`,
  );
}

export const problemPage = (message: string): string =>
  page('This link cannot be opened', `<p>${escaped(message)}</p>`);

/** A page that loads nothing, runs nothing, is kept by nobody, and does not tell other sites its address. */
export const sendPage = (reply: FastifyReply, html: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .send(html);
