import type { z } from 'zod';
import { badParam, invalid, missing } from '../graph/graph-error.js';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { ACTION_MESSAGES } from './interactive-actions.js';
import { type Header, headerMedia } from './interactive-parts.js';
import { checkCarousel, PRODUCT_MESSAGES } from './interactive-products.js';
import { checkButtons, checkList } from './interactive-replies.js';
import { shaped } from './shape.js';

/** What most kinds have in common. */
interface Plain {
  readonly header?: z.output<typeof Header>;
  readonly body?: { readonly text: string };
}

const checkPlain = (schema: z.ZodType) => (value: unknown) => {
  const message = shaped(schema, value, 'interactive') as Plain;
  return freeForm('interactive', message.body?.text ?? '', { media: headerMedia(message.header, 'interactive') });
};

const CHECKS: ReadonlyMap<string, (value: unknown) => CheckedMessage> = new Map([
  ['button', checkButtons],
  ['list', checkList],
  ['carousel', checkCarousel],
  ...Object.entries({ ...ACTION_MESSAGES, ...PRODUCT_MESSAGES }).map(
    ([type, schema]) => [type, checkPlain(schema)] as const,
  ),
]);

/** Meta's interactive object, of any kind. */
export function checkInteractive(value: unknown): CheckedMessage {
  if (typeof value !== 'object' || value === null) throw invalid('interactive: must be an object.');
  const { type } = value as { type?: unknown };
  if (type === undefined || type === null) throw missing("interactive['type']");
  if (typeof type !== 'string') throw invalid("interactive['type']: must be a string.");
  const check = CHECKS.get(type.toLowerCase());
  if (check) return check(value);
  const known = [...CHECKS.keys()].join(', ').toUpperCase();
  throw badParam(`Param interactive['type'] must be one of {${known}} - got "${type}".`);
}
