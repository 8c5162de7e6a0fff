import { z } from 'zod';
import { MESSAGE_TYPES, messageType } from './messages/message-types.js';
import type { WhatsAppConfig } from './profile.js';

const Stubsession = z.strictObject({
  set_new_with_timeout_hours: z.number().int().min(1).max(8_760).nullish(),
  cancel_current_existing_stubsession: z.boolean().default(false),
  set_nextreply_with_timeout_minutes: z.number().int().min(1).max(43_200).nullish(),
  specificreply_uuid: z.string().min(1).nullish(),
  set_stubsession_stubref: z.string().min(1).nullish(),
});

/** What a message changes about where the client's next messages go; in force when it leaves. */
export type SessionChanges = z.infer<typeof Stubsession>;

/** `platforms.meta_whatsapp` of a notification, for the profiles of this host. */
export function settingsSchema({ profiles }: WhatsAppConfig) {
  const names = Object.keys(profiles);
  return z
    .strictObject({
      message_type: z.enum(MESSAGE_TYPES.map(({ name }) => name) as [string, ...string[]]),
      params: z.looseObject({}),
      whatsapp_profile_name: z
        .string()
        .refine((name) => names.includes(name), { error: ({ input }) => `names the profile "${input}", which is not configured. Profiles: ${names.join(', ')}.` })
        .optional(),
      enable_additional_status_messages: z.boolean().default(false),
      stubsession: Stubsession.superRefine((session, context) => {
        if (session.set_stubsession_stubref && !session.set_new_with_timeout_hours) {
          context.addIssue({ code: 'custom', path: ['set_stubsession_stubref'], message: 'needs set_new_with_timeout_hours beside it: it says where the new stubsession points.' });
        }
      }).optional(),
    })
    .superRefine(({ message_type, params }, context) => {
      const type = messageType(message_type);
      if (!type) return;
      for (const key of Object.keys(params)) {
        if (key === message_type) continue;
        const message = type.params instanceof z.ZodObject && key in type.params.shape ? `stands one level too high: did you mean params.${message_type}.${key}?` : `is not used by a ${message_type} message, which takes params.${message_type}.`;
        context.addIssue({ code: 'custom', path: ['params', key], message });
      }
      const checked = type.params.safeParse(params[message_type] ?? {});
      for (const issue of checked.error?.issues ?? []) {
        context.addIssue({ ...issue, path: ['params', message_type, ...issue.path] } as Parameters<typeof context.addIssue>[0]);
      }
    });
}

export type Settings = z.infer<ReturnType<typeof settingsSchema>>;
