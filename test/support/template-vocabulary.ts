import { z } from 'zod';
import { helperBook } from '../../core/template/helper-book.js';
import { DeterministicUuid } from '../../core/template/helpers/deterministic-uuid.js';
import type { Vocabulary } from '../../core/template/vocabulary.js';

const Message = z.strictObject({
  message_type: z.enum(['text', 'template']),
  params: z.strictObject({
    text: z.strictObject({ body: z.string().min(1).max(40), preview_url: z.boolean().default(true) }).optional(),
    template: z.strictObject({ name: z.string(), texts: z.array(z.string()).default([]) }).optional(),
  }),
  whatsapp_profile_name: z.string().optional(),
  stubsession: z.strictObject({ set_new_with_timeout_hours: z.int().min(1).max(8760).optional() }).optional(),
});

/** What templates of tests can name: two channels, two task types, one feedback action. */
export const vocabulary: Vocabulary = {
  channels: new Map<string, z.ZodType>([
    ['meta_whatsapp', Message],
    ['log', z.strictObject({ body: z.string() })],
  ]),
  tasktypes: new Map<string, z.ZodType>([
    ['savedata', z.strictObject({ data: z.record(z.string(), z.unknown()) })],
    ['sendaction', z.strictObject({ action_name: z.string(), message: z.string().default('') })],
  ]),
  feedbackActions: ['_update_from_whatsapp'],
  helpers: helperBook([new DeterministicUuid()]),
};
