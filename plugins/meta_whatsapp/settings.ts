import { z } from 'zod';
import { nearest } from '../../core/index.js';
import { MESSAGE_TYPES } from './messages/message-types.js';
import type { WhatsAppConfig } from './profile.js';

/** Longest accepted id or hash of Meta, characters; real ones are far shorter. */
const MAX_META_ID = 1_000;

/** The platform documents `false` as the default of such a key, so it counts as left out. */
const orFalse = <Value extends z.ZodType>(value: Value) =>
  z.union([value, z.literal(false)]).transform((given): z.output<Value> | undefined => given || undefined);

const Stubsession = z
  .strictObject({
    set_new_with_timeout_hours: orFalse(z.number().int().min(1).max(8_760))
      .optional()
      .describe('Open a stubsession: so many hours the client’s messages go to this stub. 1 to 8760'),
    cancel_current_existing_stubsession: z
      .boolean()
      .default(false)
      .describe('End the client’s stubsession, whichever stub it leads to; a nextreply stays'),
    set_nextreply_with_timeout_minutes: orFalse(z.number().int().min(1).max(43_200))
      .optional()
      .describe('Take just the client’s next message, if it comes within so many minutes. 1 to 43200'),
    specificreply_uuid: z
      .string()
      .min(1)
      .optional()
      .describe('Answers that quote this message or tap its buttons are events of this id, and not posted to the stub'),
    set_stubsession_stubref: z
      .string()
      .min(1)
      .optional()
      .describe('The stubsession leads to that stub and not to this one; needs set_new_with_timeout_hours'),
  })
  .refine((session) => !session.set_stubsession_stubref || session.set_new_with_timeout_hours, {
    path: ['set_stubsession_stubref'],
    error: 'needs set_new_with_timeout_hours beside it: it says where the new stubsession points.',
  });

/** What a message changes about where the client's next messages go; in force when it leaves. */
export type SessionChanges = z.infer<typeof Stubsession>;

/** `platforms.meta_whatsapp` of a notification, for the profiles of this host: one form for each message type. */
export function settingsSchema({ profiles, default_profile }: WhatsAppConfig) {
  const names = Object.keys(profiles);
  const common = {
    whatsapp_profile_name: z
      .string()
      .refine((name) => names.includes(name), {
        error: ({ input }) => {
          const near = nearest(String(input), names);
          const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
          return `names the profile "${input}", which is not configured.${hint} Profiles: ${names.join(', ')}.`;
        },
      })
      .meta({ enum: names })
      .optional()
      .describe(`The number that sends. Default: ${default_profile}`),
    enable_additional_status_messages: z
      .boolean()
      .default(false)
      .describe('Show delivered, read and played on the stubpost too'),
    stubsession: Stubsession.optional().describe(
      'Where the client’s next messages go; in force when this message leaves',
    ),
    quote: z
      .string()
      .min(1)
      .max(MAX_META_ID)
      .optional()
      .describe(
        'Meta’s id of the message that this one answers; the client sees that message above it. For the message that started the run: ~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id',
      ),
    recipient_identity_key_hash: z
      .string()
      .min(1)
      .max(MAX_META_ID)
      .optional()
      .describe(
        'Deliver only if the client’s identity key still has this hash (identity_key_hash of Meta’s webhooks); otherwise the delivery fails with 137000',
      ),
    enable_lids: z
      .boolean()
      .default(false)
      .describe('Make a short id for each delivery: {{lid}} in its texts, ?lid= on links of stuburl; kept 7 days'),
  };
  const forms = MESSAGE_TYPES.map(({ name, params, noQuote }) =>
    z
      .strictObject({
        message_type: z.literal(name).describe('What kind of message; params.<message_type> holds the rest'),
        params: z.strictObject({ [name]: params }).describe('The message itself, under the name of its message_type'),
        ...common,
      })
      .refine(({ quote }) => quote === undefined || noQuote === undefined, { path: ['quote'], error: noQuote ?? '' })
      .describe(params.description ?? name),
  );
  return z.discriminatedUnion('message_type', forms as [(typeof forms)[number]]).describe('A WhatsApp message');
}

export type Settings = z.infer<ReturnType<typeof settingsSchema>>;
