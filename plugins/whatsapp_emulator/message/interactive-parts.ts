import { z } from 'zod';
import { HeaderDocument, HeaderMedia, type SentMedia } from './sent-media.js';
import { chars } from './shape.js';

const TextHeader = z.strictObject({ type: z.literal('text'), text: chars(1, 60) });
const ImageHeader = z.strictObject({ type: z.literal('image'), image: HeaderMedia });
const VideoHeader = z.strictObject({ type: z.literal('video'), video: HeaderMedia });
const DocumentHeader = z.strictObject({ type: z.literal('document'), document: HeaderDocument });

/** A header of any kind, of text only, of an image or a video only. */
export const Header = z.discriminatedUnion('type', [TextHeader, ImageHeader, VideoHeader, DocumentHeader]);
export const HeaderOfText = z.strictObject({ type: z.literal('text', 'must be text'), text: chars(1, 60) });
export const HeaderOfCard = z.discriminatedUnion('type', [ImageHeader, VideoHeader]);
export const HeaderOfImage = ImageHeader;

export const body = (max: number) => z.strictObject({ text: chars(1, max) });
export const Footer = z.strictObject({ text: chars(1, 60) });

export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_000);

export const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** The file of a header, if it is one of a file. */
export function headerMedia(header: z.output<typeof Header> | undefined, param: string): readonly SentMedia[] {
  if (!header || header.type === 'text') return [];
  const file: { id?: string | undefined; link?: string | undefined } =
    header.type === 'image' ? header.image : header.type === 'video' ? header.video : header.document;
  return [{ param: `${param}['header']['${header.type}']`, kind: header.type, id: file.id, link: file.link }];
}
