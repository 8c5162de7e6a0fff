import { z } from 'zod';
import type { CheckedMessage } from './checked-message.js';
import { chars, shaped } from './shape.js';

const Text = z.strictObject({ body: chars(1, 4096), preview_url: z.boolean().optional() });

export function checkText(value: unknown): CheckedMessage {
  const { body } = shaped(Text, value, 'text');
  return { type: 'text', freeForm: true, category: 'service', text: body, buttons: [] };
}
