import { z } from 'zod';
import { nearest } from '../../core/index.js';
import { MESSAGE_TYPES } from './messages/message-types.js';
import type { WhatsAppConfig } from './profile.js';

const Stubsession = z
  .strictObject({
    set_new_with_timeout_hours: z.number().int().min(1).max(8_760).nullish(),
    cancel_current_existing_stubsession: z.boolean().default(false),
    set_nextreply_with_timeout_minutes: z.number().int().min(1).max(43_200).nullish(),
    specificreply_uuid: z.string().min(1).nullish(),
    set_stubsession_stubref: z.string().min(1).nullish(),
  })
  .refine((session) => !session.set_stubsession_stubref || session.set_new_with_timeout_hours, {
    path: ['set_stubsession_stubref'],
    error: 'needs set_new_with_timeout_hours beside it: it says where the new stubsession points.',
  });

/** What a message changes about where the client's next messages go; in force when it leaves. */
export type SessionChanges = z.infer<typeof Stubsession>;

/** `platforms.meta_whatsapp` of a notification, for the profiles of this host: one form for each message type. */
export function settingsSchema({ profiles }: WhatsAppConfig) {
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
      .optional(),
    enable_additional_status_messages: z.boolean().default(false),
    stubsession: Stubsession.optional(),
    enable_lids: z.boolean().default(false),
  };
  const forms = MESSAGE_TYPES.map(({ name, params }) =>
    z.strictObject({ message_type: z.literal(name), params: z.strictObject({ [name]: params }), ...common }),
  );
  return z.discriminatedUnion('message_type', forms as [(typeof forms)[number]]);
}

export type Settings = z.infer<ReturnType<typeof settingsSchema>>;
