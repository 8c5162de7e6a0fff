import { z } from 'zod';
import type { WhatsAppConfig } from '../profile.js';

/** `whatsapp_profile_name` of a task: one that is configured. */
export function profileName({ profiles, default_profile }: WhatsAppConfig) {
  const names = Object.keys(profiles);
  return z
    .string()
    .refine((name) => names.includes(name), {
      error: ({ input }) => `names the profile "${input}", which is not configured. Profiles: ${names.join(', ')}.`,
    })
    .meta({ enum: names })
    .optional()
    .describe(`The number that it is about. Default: ${default_profile}`);
}
