import { z } from 'zod';

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** A file that a message names, by the id of an upload or by a link. */
export interface SentMedia {
  /** Where in the body, as Meta's errors name it: `image` or `interactive['header']['image']`. */
  readonly param: string;
  readonly kind: MediaKind;
  readonly id?: string | undefined;
  readonly link?: string | undefined;
  /** Sent as a voice note. */
  readonly voice?: true;
}

const LINK_MAX = 2_048;

/** Meta's media object: exactly one of `id` and `link`, beside the keys of `more`. */
export const mediaObject = <Shape extends z.ZodRawShape>(more: Shape) =>
  z
    .strictObject({
      id: z.string().min(1, 'must not be empty').optional(),
      link: z
        .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
        .max(LINK_MAX)
        .optional(),
      ...more,
    })
    .superRefine((value, context) => {
      const { id, link } = value as { id?: string; link?: string };
      if (id === undefined && link === undefined)
        context.addIssue({ code: 'custom', path: ['id'], message: 'is required unless there is a link' });
      if (id !== undefined && link !== undefined)
        context.addIssue({ code: 'custom', path: [], message: 'must hold one of id and link, not both' });
    });

/** The media object of a header or of a template's parameter. */
export const HeaderMedia = mediaObject({});
export const HeaderDocument = mediaObject({ filename: z.string().max(240).optional() });
