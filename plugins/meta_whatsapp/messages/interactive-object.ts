import { z } from 'zod';
import type { Json, JsonObject } from '../../../core/index.js';
import { Media } from './media-file.js';
import type { Built } from './message-type.js';
import { textPart, words } from './meta-limits.js';

/** Characters of parts that all interactive messages share. */
export const MAX_BODY = 1_024;
export const MAX_HEADER = 60;
export const MAX_FOOTER = 60;

export const Body = textPart(MAX_BODY);
export const Footer = textPart(MAX_FOOTER);

const HeaderText = z.strictObject({ type: z.literal('text'), text: words(MAX_HEADER) });
const HeaderImage = z.strictObject({ type: z.literal('image'), image: Media });
const HeaderVideo = z.strictObject({ type: z.literal('video'), video: Media });
const HeaderDocument = z.strictObject({ type: z.literal('document'), document: Media });

/** A header of text only: bare, or `{type: text, text}`. */
export const TextHeader = z
  .union([words(MAX_HEADER), HeaderText])
  .transform((given) => (typeof given === 'string' ? { type: 'text' as const, text: given } : given));

/** A header of text, image, video or document; a bare text is a header of text. */
export const Header = z
  .union([words(MAX_HEADER), z.discriminatedUnion('type', [HeaderText, HeaderImage, HeaderVideo, HeaderDocument])])
  .transform((given) => (typeof given === 'string' ? { type: 'text' as const, text: given } : given));

/** The header of a carousel's card. */
export const CardHeader = z.discriminatedUnion('type', [HeaderImage, HeaderVideo]);

interface Parts {
  readonly header?: unknown;
  readonly body?: string | undefined;
  readonly footer?: string | undefined;
  readonly action: JsonObject;
}

/** Meta's `interactive` object. */
export function interactive(type: string, { header, body, footer, action }: Parts): Built {
  const message = {
    type,
    ...(header !== undefined && { header: header as Json }),
    ...(body !== undefined && { body: { text: body } }),
    ...(footer !== undefined && { footer: { text: footer } }),
    action,
  };
  return { ok: true, payload: { type: 'interactive', interactive: message } };
}
