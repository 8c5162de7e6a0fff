import { z } from 'zod';
import { time } from './json-schema.js';

/** A file as stubs keep it: `fileuuid` alone is enough. */
export const fileSchema = z.object({
  fileuuid: z.string(),
  filename: z.string().optional(),
  originalname: z.string().optional(),
  contentType: z.string().optional(),
  encoding: z.string().optional(),
  size: z.number().optional(),
  upload_date: time.optional(),
});

/** A file as it stands in the store. */
export const storedFileSchema = fileSchema.required();

const MAX_ATTACHMENTS = 100;

/** A file that a request names: by its id, or by the object that POST /api/files answered. */
export const fileReference = z
  .union([z.string().min(1).max(100), z.looseObject({ fileuuid: z.string().min(1).max(100) })])
  .transform((file) => (typeof file === 'string' ? file : file.fileuuid));

export const fileReferences = z.array(fileReference).max(MAX_ATTACHMENTS);
