import { z } from 'zod';
import { FileRef, Media, MediaLink, MediaUpload } from './media-file.js';
import type { MessageType } from './message-type.js';
import { listOf, words } from './meta-limits.js';
import { chooseTemplate } from './template-language.js';
import { MAX_PAYLOAD, resolveTemplate, type TemplateGiven } from './template-parameters.js';

export const TemplateName = z
  .string()
  .regex(/^[a-z0-9_]{1,512}$/, 'is no WhatsApp template’s name: these have small letters, digits and _, 512 at most');

/** What Meta refuses in a text of a template: nothing at all (131008), breaks and wide gaps (132012, 132018). */
const ParameterText = z
  .string()
  .refine((text) => text !== '', 'has 0 characters; a place of a WhatsApp template takes 1 at least.')
  .refine(
    (text) => !/[\n\r\t]| {5}/.test(text),
    'has a line break, a tab or over four blanks in a row; WhatsApp takes none of them in a template.',
  );

const Parameter = z.looseObject({
  type: z.string().min(1).describe('text, currency, date_time, image, video, document, payload …'),
  text: ParameterText.optional().describe('Of type text: what stands in the place'),
});

/** One of Meta's own `components`. */
export const Component = z.looseObject({
  type: z
    .string()
    .regex(
      /^(header|body|button|carousel|limited_time_offer)$/i,
      'is none of header, body, button, carousel, limited_time_offer',
    )
    .describe('Which part of the WhatsApp template: header, body, button, carousel, limited_time_offer'),
  sub_type: z.string().optional().describe('Of a button: quick_reply, url, copy_code, flow …'),
  index: z.union([z.string(), z.int()]).optional().describe('Of a button: which one, from 0'),
  parameters: listOf(Parameter, 50, 0).optional().describe('What stands in its places, in order'),
});

const Text = z.union([ParameterText, z.number().transform(String)]);
/** A header of media takes a fileuuid, a link, a file object, `{link}` or `{id}`. */
const MediaValue = z.union([FileRef, MediaLink, MediaUpload]);
/**
 * What a tap on a quick reply reports instead of its words. Not a bare text: with those it would be unknown which of the
 * texts a reference to nothing has left out.
 */
const Payload = z.strictObject({ payload: words(MAX_PAYLOAD).describe('What a tap on the quick reply reports') });
/** Texts and media in the order header, body, buttons; payloads in the order of the quick replies. */
const Value = z.union([Text, MediaValue, Payload]);
type Value = z.output<typeof Value>;

const isObject = (given: unknown): given is object => typeof given === 'object' && given !== null;
const isComponent = (given: unknown): boolean => isObject(given) && 'type' in given && !('fileuuid' in given);
const isPayload = (given: Value): given is z.output<typeof Payload> => isObject(given) && 'payload' in given;
const MAX_VALUES = 100;
const MAX_COMPONENTS = 20;

const Params = z
  .strictObject({
    whatsapp_template_name: TemplateName.describe(
      'A WhatsApp template that Meta has approved for the profile’s account',
    ),
    whatsapp_template_params_array: z
      .union([listOf(Value, MAX_VALUES, 0), listOf(Component, MAX_COMPONENTS, 0)])
      .default([])
      .transform((given): TemplateGiven => {
        if (isComponent(given[0])) return { components: given as z.output<typeof Component>[] };
        const all = given as Value[];
        const values = all.filter((value) => !isPayload(value));
        return {
          values: values.map((value) => (typeof value === 'string' ? value : Media.parse(value))),
          payloads: all.filter(isPayload).map(({ payload }) => payload),
        };
      })
      .describe(
        'What stands in its places, in the order header, body, buttons: texts, files, { payload: … } of quick replies; or Meta’s own components',
      ),
    language: z
      .string()
      .min(2)
      .max(20)
      .optional()
      .describe('Which of its languages, such as en or pt_BR. Default: the profile’s'),
  })
  .describe('A WhatsApp template: the one kind that may go out at any time, while the client’s window is closed too');

/** A WhatsApp template: may go out at any time. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/template-messages */
export const template: MessageType<z.infer<typeof Params>> = {
  name: 'template',
  params: Params,
  needsNoWindow: true,
  positional: 'whatsapp_template_params_array',
  build: ({ whatsapp_template_name: name, whatsapp_template_params_array: given, language }, sender) => {
    const chosen = chooseTemplate(name, language, sender);
    return chosen.ok ? resolveTemplate(chosen, given) : chosen;
  },
};
