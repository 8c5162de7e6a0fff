import { z } from 'zod';
import { badParam, GraphError, invalid, missing } from '../graph/graph-error.js';
import type { CheckedMessage } from './checked-message.js';
import { chars, shaped } from './shape.js';

/** Types that the API has and that are not played here yet. */
const NOT_YET = new Set(
  (
    'address_message call_permission_request carousel catalog_message cta_url flow location_request_message ' +
    'order_details order_status product product_list request_contact_info voice_call'
  ).split(' '),
);
const MEDIA_HEADERS = new Set(['image', 'video', 'document']);

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

const head = {
  header: z.strictObject({ type: z.literal('text', 'must be text'), text: chars(1, 60) }).optional(),
  footer: z.strictObject({ text: chars(1, 60) }).optional(),
};

const ButtonMessage = z.strictObject({
  type: z.literal('button'),
  ...head,
  body: z.strictObject({ text: chars(1, 1024) }),
  action: z.strictObject({
    buttons: z
      .array(
        z.strictObject({
          type: z.literal('reply', 'must be reply'),
          reply: z.strictObject({ id: chars(1, 256), title: chars(1, 20) }),
        }),
      )
      .min(1, 'must hold 1 to 3 buttons')
      .max(3, 'must hold 1 to 3 buttons')
      .refine((buttons) => distinct(buttons.map(({ reply }) => reply.id)), 'ids must be unique')
      .refine((buttons) => distinct(buttons.map(({ reply }) => reply.title)), 'titles must be unique'),
  }),
});

const Section = z.strictObject({
  title: chars(1, 24).optional(),
  rows: z
    .array(z.strictObject({ id: chars(1, 200), title: chars(1, 24), description: chars(0, 72).optional() }))
    .min(1, 'must hold at least 1 row'),
});
type Section = z.output<typeof Section>;

const rowsOf = (sections: readonly Section[]) => sections.flatMap((section) => section.rows);

const ListMessage = z.strictObject({
  type: z.literal('list'),
  ...head,
  body: z.strictObject({ text: chars(1, 4096) }),
  action: z.strictObject({
    button: chars(1, 20),
    sections: z
      .array(Section)
      .min(1, 'must hold 1 to 10 sections')
      .max(10, 'must hold 1 to 10 sections')
      .refine((sections) => rowsOf(sections).length <= 10, 'must hold at most 10 rows in all')
      .refine((sections) => distinct(rowsOf(sections).map((row) => row.id)), 'row ids must be unique')
      .refine(
        (sections) => sections.length === 1 || sections.every((section) => section.title),
        'each of several sections needs a title',
      ),
  }),
});

const shown = (text: string, buttons: CheckedMessage['buttons']): CheckedMessage => ({
  type: 'interactive',
  freeForm: true,
  category: 'service',
  text,
  buttons,
});

/** Meta's interactive object: reply buttons and lists. */
export function checkInteractive(value: unknown): CheckedMessage {
  if (typeof value !== 'object' || value === null) throw missing('interactive');
  const { type, header } = value as { type?: unknown; header?: { type?: unknown } };
  if (type === undefined) throw missing("interactive['type']");
  if (typeof type === 'string' && NOT_YET.has(type))
    throw new GraphError(131051, `interactive ${type} is not played by this emulator yet.`);
  if (typeof header?.type === 'string' && MEDIA_HEADERS.has(header.type))
    throw new GraphError(131051, `A header of type ${header.type} is not played by this emulator yet.`);
  if (type === 'button') {
    const { body, action } = shaped(ButtonMessage, value, 'interactive');
    return shown(
      body.text,
      action.buttons.map(({ reply }) => reply),
    );
  }
  if (type === 'list') {
    const { body, action } = shaped(ListMessage, value, 'interactive');
    return shown(body.text, rowsOf(action.sections));
  }
  if (typeof type !== 'string') throw invalid("interactive['type']: must be a string.");
  throw badParam(`Param interactive['type'] must be one of {BUTTON, LIST, …}: got "${type}".`);
}
