import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import { Body, Footer, Header, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { words } from './meta-limits.js';

/** Longest id, name or token of a flow, characters; Meta's own are far shorter. */
const MAX_NAME = 1_024;

const Payload = z.strictObject({
  screen: words(MAX_NAME).optional().describe('The screen that it opens with'),
  data: z
    .record(z.string(), z.unknown())
    .refine((data) => Object.keys(data).length > 0, 'is empty; leave the key out where a screen needs no data.')
    .optional()
    .describe('What the screen is given'),
});

/** The words on the button. */
export const FlowCta = words(30).refine(
  (text) => !/\p{Extended_Pictographic}/u.test(text),
  'holds an emoji; WhatsApp takes none on the button of a flow.',
);

/** Meta's `action.parameters`, with the keys of their own spelling. */
const Call = {
  flow_message_version: z.literal('3').default('3').describe('Meta’s version of the message'),
  flow_id: words(MAX_NAME).optional().describe('The flow, by id; give this or flow_name'),
  flow_name: words(MAX_NAME).optional().describe('The flow, by name; give this or flow_id'),
  flow_cta: FlowCta.describe('Text of the button; no emoji'),
  flow_token: words(MAX_NAME).optional().describe('Comes back with the answer, to tell what it belongs to'),
  mode: z.enum(['draft', 'published']).optional().describe('draft: try out a flow that is not published'),
  flow_action: z
    .enum(['navigate', 'data_exchange'])
    .optional()
    .describe('navigate: begin at a screen; data_exchange: your endpoint says where'),
  flow_action_payload: Payload.optional().describe('Of navigate: the first screen, and its data'),
};

const Params = z
  .strictObject({ header: Header.optional(), body: Body, footer: Footer.optional(), ...Call })
  .superRefine(({ flow_id, flow_name, flow_action, flow_action_payload }, context) => {
    if ((flow_id === undefined) === (flow_name === undefined)) {
      const found = flow_id === undefined ? 'names no flow' : 'names the flow twice';
      context.addIssue({ code: 'custom', message: `${found}; WhatsApp takes one of flow_id and flow_name.` });
    }
    if (flow_action === 'data_exchange' && flow_action_payload !== undefined) {
      const message = 'goes with flow_action: navigate only; with data_exchange your endpoint names the screen.';
      context.addIssue({ code: 'custom', path: ['flow_action_payload'], message });
    }
  })
  .describe('A text with a button that opens a form inside WhatsApp');

/** A form that opens inside WhatsApp. https://developers.facebook.com/docs/whatsapp/flows/guides/sendingaflow */
export const flow: MessageType<z.infer<typeof Params>> = {
  name: 'flow',
  params: Params,
  needsNoWindow: false,
  build: ({ header, body, footer, ...call }) => {
    const parameters = Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined));
    const action = { name: 'flow', parameters: parameters as { [key: string]: Json } };
    return interactive('flow', { header, body, footer, action });
  },
};
