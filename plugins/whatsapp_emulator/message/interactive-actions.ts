import { z } from 'zod';
import { body, Footer, Header, HeaderOfImage, httpUrl } from './interactive-parts.js';
import { chars } from './shape.js';

const named = <Name extends string>(name: Name) => z.literal(name, `must be ${name}`);
const full = { header: Header.optional(), body: body(1024), footer: Footer.optional() };
const plain = { body: body(1024) };

export const ctaAction = z.strictObject({
  name: named('cta_url'),
  parameters: z.strictObject({ display_text: chars(1, 20), url: httpUrl }),
});

const FlowParameters = z
  .strictObject({
    flow_message_version: z.literal('3', 'must be "3"'),
    flow_id: z.string().min(1, 'must not be empty').optional(),
    flow_name: z.string().min(1, 'must not be empty').optional(),
    flow_cta: chars(1, 30).refine((text) => !/\p{Extended_Pictographic}/u.test(text), 'must hold no emoji'),
    flow_token: z.string().max(2_048).optional(),
    mode: z.enum(['draft', 'published'], 'must be draft or published').optional(),
    flow_action: z.enum(['navigate', 'data_exchange'], 'must be navigate or data_exchange').optional(),
    flow_action_payload: z
      .strictObject({
        screen: z.string().min(1, 'must not be empty').optional(),
        data: z
          .looseObject({})
          .refine((data) => Object.keys(data).length > 0, 'must not be empty')
          .optional(),
      })
      .optional(),
  })
  .superRefine(({ flow_id, flow_name, flow_action, flow_action_payload }, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (flow_id === undefined && flow_name === undefined) issue(['flow_id'], 'is required unless there is a flow_name');
    if (flow_id !== undefined && flow_name !== undefined) issue([], 'must hold one of flow_id and flow_name, not both');
    if (flow_action === 'data_exchange' && flow_action_payload)
      issue(['flow_action_payload'], 'is not allowed with data_exchange');
  });

const Order = {
  header: HeaderOfImage.optional(),
  body: body(1024),
  footer: Footer.optional(),
  action: z.looseObject({
    name: z.string(),
    parameters: z.looseObject({ reference_id: chars(1, 35) }),
  }),
};

/** Interactive messages whose one action is named: a link, a flow, a request of something. */
export const ACTION_MESSAGES = {
  cta_url: z.strictObject({ type: z.literal('cta_url'), ...full, action: ctaAction }),
  flow: z.strictObject({
    type: z.literal('flow'),
    ...full,
    action: z.strictObject({ name: named('flow'), parameters: FlowParameters }),
  }),
  location_request_message: z.strictObject({
    type: z.literal('location_request_message'),
    ...plain,
    action: z.strictObject({ name: named('send_location') }),
  }),
  address_message: z.strictObject({
    type: z.literal('address_message'),
    ...full,
    action: z.strictObject({
      name: named('address_message'),
      parameters: z.strictObject({
        country: z.literal('IN', 'must be IN'),
        values: z.looseObject({}).optional(),
        saved_addresses: z.array(z.looseObject({ id: z.string(), value: z.looseObject({}) })).optional(),
        validation_errors: z.looseObject({}).optional(),
      }),
    }),
  }),
  voice_call: z.strictObject({
    type: z.literal('voice_call'),
    ...plain,
    action: z.strictObject({
      name: named('voice_call'),
      parameters: z.strictObject({
        display_text: chars(1, 20),
        ttl_minutes: z.int('must be a whole number').min(1, 'must be at least 1').max(43_200).optional(),
        payload: z.string().max(512).optional(),
      }),
    }),
  }),
  call_permission_request: z.strictObject({
    type: z.literal('call_permission_request'),
    body: body(1024).optional(),
    action: z.strictObject({ name: named('call_permission_request') }),
  }),
  request_contact_info: z.strictObject({
    type: z.literal('request_contact_info'),
    ...plain,
    action: z.strictObject({ name: named('request_contact_info') }),
  }),
  order_details: z.strictObject({ type: z.literal('order_details'), ...Order }),
  order_status: z.strictObject({ type: z.literal('order_status'), ...Order }),
} as const;
