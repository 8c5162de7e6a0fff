import { z } from 'zod';

const MAX_COMMANDS = 30;
const MAX_DESCRIPTION = 256;

const Name = z
  .string()
  .regex(
    /^(?!.*\p{Extended_Pictographic})[^\s/]{1,32}$/u,
    'expected a command without its slash: 1 to 32 characters, no spaces and no emoji',
  );

const Description = z.string().superRefine((text, context) => {
  const length = [...text].length;
  if (length < 1 || length > MAX_DESCRIPTION)
    context.addIssue({ code: 'custom', message: `has ${length} characters; Meta takes 1 to ${MAX_DESCRIPTION}` });
  if (/\p{Extended_Pictographic}/u.test(text))
    context.addIssue({ code: 'custom', message: 'holds an emoji, which Meta does not take here' });
});

/**
 * `commands` of a profile, within Meta's limits:
 * https://developers.facebook.com/docs/whatsapp/cloud-api/phone-numbers/conversational-components
 */
export const Commands = z
  .strictObject({
    enabled: z.boolean().default(false),
    list: z
      .record(Name, Description)
      .superRefine((list, context) => {
        const count = Object.keys(list).length;
        if (count <= MAX_COMMANDS) return;
        context.addIssue({ code: 'custom', message: `holds ${count} commands; Meta takes ${MAX_COMMANDS} at most` });
      })
      .default({}),
  })
  .default({ enabled: false, list: {} });
