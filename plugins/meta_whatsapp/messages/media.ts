import { z } from 'zod';
import { isVoiceNote, kindOf, MEDIA_KINDS, type MediaRef, NamedMedia, nameOf, unknownFile } from './media-file.js';
import type { MessageType } from './message-type.js';
import { listOf, words } from './meta-limits.js';

export const MAX_CAPTION = 1_024;
const WITHOUT_CAPTION: readonly string[] = ['audio', 'sticker'];

const Params = z
  .strictObject({
    files: z
      .union([listOf(NamedMedia, 1), NamedMedia])
      .transform((given): MediaRef => (Array.isArray(given) ? given[0]! : given) as MediaRef)
      .describe(
        'One file: a fileuuid, a file object such as ~~stubpost.attachments[0], { link: https://… } with kind beside it, or a list of one of them',
      ),
    caption: words(MAX_CAPTION, 0)
      .optional()
      .describe('Text under it; left out with a warning where WhatsApp shows none'),
    kind: z
      .enum(MEDIA_KINDS)
      .optional()
      .describe('What to send it as. Default: from the content type of the stored file. Required for a link'),
  })
  .superRefine(({ files, kind }, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (!('fileuuid' in files) && kind === undefined)
      refuse('kind', `needs one of ${MEDIA_KINDS.join(', ')}: a link or an id does not tell the type of the file.`);
    if (files.filename !== undefined && kind !== undefined && kind !== 'document')
      refuse('files', `has a filename, which WhatsApp shows for a document only, and kind is ${kind}.`);
  })
  .describe('A file: picture, video, sound, voice note, sticker or document, as its content type says');

/** A stored file, sent as the kind of its content type, or a link. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media */
export const media: MessageType<z.infer<typeof Params>> = {
  name: 'media',
  params: Params,
  needsNoWindow: false,
  build: async ({ files: source, caption = '', kind: asked }, sender) => {
    const file = 'fileuuid' in source ? await sender.file(source.fileuuid) : undefined;
    if ('fileuuid' in source && file === undefined)
      return { ok: false, problem: unknownFile(source.fileuuid, 'params.media.files') };
    const kind = asked ?? kindOf(file!); // without a file the schema requires a kind
    const { filename = file && nameOf(file), ...from } = source;
    const captioned = caption !== '' && !WITHOUT_CAPTION.includes(kind);
    const content = {
      ...from,
      ...(captioned && { caption }),
      ...(kind === 'document' && filename !== undefined && { filename }),
      ...(kind === 'audio' && file !== undefined && isVoiceNote(file) && { voice: true }),
    };
    const dropped = caption !== '' && !captioned;
    return {
      ok: true,
      payload: { type: kind, [kind]: content },
      ...(dropped && { warnings: [`The caption was left out: WhatsApp shows none under ${kind}.`] }),
    };
  },
};
