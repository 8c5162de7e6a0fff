import type { ClientFile } from '../contract/story-clients.js';

/** In place of a path: a small file that stands for any. */
export const SAMPLE = 'sample';

/** The smallest PNG: one grey dot. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/** A small file of a kind, for stories that do not care what is in it. */
export function sampleFile(kind: ClientFile['kind']): Required<Pick<ClientFile, 'content' | 'filename' | 'mimeType'>> {
  switch (kind) {
    case 'image':
      return { content: Buffer.from(PNG, 'base64'), filename: 'sample.png', mimeType: 'image/png' };
    case 'document':
      return { content: Buffer.from('%PDF-1.4\n%%EOF\n'), filename: 'sample.pdf', mimeType: 'application/pdf' };
    case 'audio':
      return { content: Buffer.from('ID3 sample'), filename: 'sample.mp3', mimeType: 'audio/mpeg' };
    case 'video':
      return { content: Buffer.from('ftypmp42 sample'), filename: 'sample.mp4', mimeType: 'video/mp4' };
    case 'sticker':
      return { content: Buffer.from('RIFFxxxxWEBP'), filename: 'sample.webp', mimeType: 'image/webp' };
  }
}
