import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { body, distinct, Footer, Header, HeaderOfText, headerMedia } from './interactive-parts.js';
import { chars, shaped } from './shape.js';

const ButtonMessage = z.strictObject({
  type: z.literal('button'),
  header: Header.optional(),
  body: body(1024),
  footer: Footer.optional(),
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
  header: HeaderOfText.optional(),
  body: body(4096),
  footer: Footer.optional(),
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

/** Up to three reply buttons. */
export function checkButtons(value: unknown): CheckedMessage {
  const message = shaped(ButtonMessage, value, 'interactive');
  const buttons = message.action.buttons.map(({ reply }) => reply);
  return freeForm('interactive', message.body.text, { buttons, media: headerMedia(message.header, 'interactive') });
}

/** A list of rows; each can be tapped as a button can. */
export function checkList(value: unknown): CheckedMessage {
  const message = shaped(ListMessage, value, 'interactive');
  const buttons = rowsOf(message.action.sections).map(({ id, title, description }) => ({
    id,
    title,
    ...(description !== undefined && { description }),
  }));
  return freeForm('interactive', message.body.text, { buttons });
}
