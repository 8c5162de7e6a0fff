import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { chars, shaped } from './shape.js';

const Text = z.strictObject({ body: chars(1, 4096), preview_url: z.boolean('must be true or false').optional() });

export const checkText = (value: unknown): CheckedMessage => freeForm('text', shaped(Text, value, 'text').body);
