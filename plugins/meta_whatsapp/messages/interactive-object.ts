import { z } from 'zod';
import type { Json, JsonObject } from '../../../core/index.js';
import { Media, NamedMedia } from './media-file.js';
import type { Built } from './message-type.js';
import { textPart, words } from './meta-limits.js';

/** Characters of parts that all interactive messages share. */
export const MAX_BODY = 1_024;
export const MAX_HEADER = 60;
export const MAX_FOOTER = 60;

export const Body = textPart(MAX_BODY).describe(`What the client reads, ${MAX_BODY} characters at most`);
export const Footer = textPart(MAX_FOOTER).describe(`Small print below, ${MAX_FOOTER} characters at most`);

const kind = <const Kind extends string>(name: Kind) => z.literal(name).describe('What kind of header');
const HeaderText = z.strictObject({ type: kind('text'), text: words(MAX_HEADER).describe('The heading') });
const HeaderImage = z.strictObject({ type: kind('image'), image: Media });
const HeaderVideo = z.strictObject({ type: kind('video'), video: Media });
const HeaderDocument = z.strictObject({ type: kind('document'), document: NamedMedia });

/** A header of text only: bare, or `{type: text, text}`. */
export const TextHeader = z
  .union([words(MAX_HEADER), HeaderText])
  .transform((given) => (typeof given === 'string' ? { type: 'text' as const, text: given } : given))
  .describe(`The heading, ${MAX_HEADER} characters at most`);

/** A header of text, image, video or document; a bare text is a header of text. */
export const Header = z
  .union([words(MAX_HEADER), z.discriminatedUnion('type', [HeaderText, HeaderImage, HeaderVideo, HeaderDocument])])
  .transform((given) => (typeof given === 'string' ? { type: 'text' as const, text: given } : given))
  .describe(
    `Above the text: a heading of ${MAX_HEADER} characters at most, or { type: image, image: <fileuuid> }; likewise video and document. A document may also be { link, filename }`,
  );

/** The header of a carousel's card. */
export const CardHeader = z
  .discriminatedUnion('type', [HeaderImage, HeaderVideo])
  .describe('The picture or video of the card, of the same kind on each: { type: image, image: <fileuuid> }');

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
