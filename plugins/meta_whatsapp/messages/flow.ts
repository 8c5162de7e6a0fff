import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import { Body, Footer, Header, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { words } from './meta-limits.js';

/** Longest id, name or token of a flow, characters; Meta's own are far shorter. */
const MAX_NAME = 1_024;

const Payload = z.strictObject({
  screen: words(MAX_NAME).optional(),
  data: z
    .record(z.string(), z.unknown())
    .refine((data) => Object.keys(data).length > 0, 'is empty; leave the key out where a screen needs no data.')
    .optional(),
});

/** The words on the button. */
export const FlowCta = words(30).refine(
  (text) => !/\p{Extended_Pictographic}/u.test(text),
  'holds an emoji; WhatsApp takes none on the button of a flow.',
);

/** Meta's `action.parameters`, with the keys of their own spelling. */
const Call = {
  flow_message_version: z.literal('3').default('3'),
  flow_id: words(MAX_NAME).optional(),
  flow_name: words(MAX_NAME).optional(),
  flow_cta: FlowCta,
  flow_token: words(MAX_NAME).optional(),
  mode: z.enum(['draft', 'published']).optional(),
  flow_action: z.enum(['navigate', 'data_exchange']).optional(),
  flow_action_payload: Payload.optional(),
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
  });

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
