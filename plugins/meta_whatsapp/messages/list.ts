import { z } from 'zod';
import { Footer, interactive, TextHeader } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { idText, listOf, refuseRepeats, textPart, words } from './meta-limits.js';

export const MAX_ROWS = 10;
export const MAX_SECTIONS = 10;
/** Longer than that of other interactive messages. */
export const MAX_LIST_BODY = 4_096;

const Row = z.strictObject({
  id: idText(200).describe('What choosing it reports; another for each row'),
  title: words(24).describe('What stands in the row'),
  description: words(72, 0).optional().describe('Small print below the title'),
});
const Section = z.strictObject({
  title: words(24, 0).optional().describe('Heading of the section; needed where there are several'),
  rows: listOf(Row, MAX_ROWS).describe('What can be chosen; at most 10 rows in all sections'),
});

const Params = z
  .strictObject({
    header: TextHeader.optional(),
    body: textPart(MAX_LIST_BODY).describe(`What the client reads, ${MAX_LIST_BODY} characters at most`),
    footer: Footer.optional(),
    action: z
      .strictObject({
        button: words(20).describe('Text of the button that opens the list'),
        sections: listOf(Section, MAX_SECTIONS)
          .superRefine((sections, context) => {
            const rows = sections.flatMap((section, at) =>
              section.rows.map(({ id }, row) => ({ value: id, path: [at, 'rows', row, 'id'] })),
            );
            refuseRepeats(rows, 'id', context);
            const counts = sections.map((section) => section.rows.length);
            refuseTotal(counts, MAX_ROWS, 'rows', context);
            refuseUntitled(sections, context);
          })
          .describe('The rows, in sections'),
      })
      .describe('The button that opens the list, and the rows in it'),
  })
  .describe('A text with a button that opens a list of up to 10 rows to choose from');

/** Over all sections there is a limit too. What is too much in one of them, or too many of them, is told elsewhere. */
export function refuseTotal(counts: readonly number[], max: number, what: string, context: z.RefinementCtx): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= max || counts.length > MAX_SECTIONS || counts.some((count) => count > max)) return;
  const message = `has ${total} ${what} in all its sections; WhatsApp takes up to ${max} in all.`;
  context.addIssue({ code: 'custom', message });
}

/** Of several sections each needs a title. */
export function refuseUntitled(sections: readonly { readonly title?: string | undefined }[], context: z.RefinementCtx) {
  if (sections.length < 2) return;
  for (const [at, { title }] of sections.entries()) {
    if (title) continue;
    const message = 'has no title; WhatsApp wants one on each section where there are several.';
    context.addIssue({ code: 'custom', path: [at], message });
  }
}

/** A list to choose from. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages */
export const list: MessageType<z.infer<typeof Params>> = {
  name: 'list',
  params: Params,
  needsNoWindow: false,
  build: ({ action: { button, sections }, ...parts }) =>
    interactive('list', {
      ...parts,
      action: {
        button,
        sections: sections.map(({ title, rows }) => ({ ...(title && { title }), rows: rows.map(rowOf) })),
      },
    }),
};

const rowOf = ({ id, title, description }: z.infer<typeof Row>) => ({
  id,
  title,
  ...(description && { description }),
});
