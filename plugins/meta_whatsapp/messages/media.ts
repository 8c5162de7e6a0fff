import { z } from 'zod';
import { FileId, FileRef, isVoiceNote, kindOf, MEDIA_KINDS, nameOf, unknownFile } from './media-file.js';
import type { MessageType } from './message-type.js';
import { listOf, words } from './meta-limits.js';

export const MAX_CAPTION = 1_024;
const WITHOUT_CAPTION: readonly string[] = ['audio', 'sticker'];

const File = z.union([FileId, FileRef]);

const Params = z
  .strictObject({
    files: z
      .union([listOf(File, 1), FileId, FileRef])
      .describe('One file: a fileuuid, a file object such as ~~stubpost.attachments[0], or a list of one of them'),
    caption: words(MAX_CAPTION, 0)
      .optional()
      .describe('Text under it; left out with a warning where WhatsApp shows none'),
    kind: z.enum(MEDIA_KINDS).optional().describe('What it is sent as. Default: what its content type says'),
  })
  .describe('A file: picture, video, sound, voice note, sticker or document, as its content type says');

/** A file, as what its content type says. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media */
export const media: MessageType<z.infer<typeof Params>> = {
  name: 'media',
  params: Params,
  needsNoWindow: false,
  build: async ({ files, caption = '', kind: asked }, sender) => {
    const [given] = Array.isArray(files) ? files : [files];
    const fileuuid = typeof given === 'string' ? given : given!.fileuuid;
    const file = await sender.file(fileuuid);
    if (file === undefined) return { ok: false, problem: unknownFile(fileuuid, 'params.media.files') };
    const kind = asked ?? kindOf(file);
    const captioned = caption !== '' && !WITHOUT_CAPTION.includes(kind);
    const name = nameOf(file);
    const content = {
      fileuuid,
      ...(captioned && { caption }),
      ...(kind === 'document' && name !== undefined && { filename: name }),
      ...(kind === 'audio' && isVoiceNote(file) && { voice: true }),
    };
    const dropped = caption !== '' && !captioned;
    return {
      ok: true,
      payload: { type: kind, [kind]: content },
      ...(dropped && { warnings: [`The caption was left out: WhatsApp shows none under ${kind}.`] }),
    };
  },
};
