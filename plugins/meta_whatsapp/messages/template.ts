import { z } from 'zod';
import { FileRef, Media } from './media-file.js';
import type { MessageType } from './message-type.js';
import { httpLink, listOf, words } from './meta-limits.js';
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

const Parameter = z.looseObject({ type: z.string().min(1), text: ParameterText.optional() });

/** One of Meta's own `components`. */
export const Component = z.looseObject({
  type: z
    .string()
    .regex(
      /^(header|body|button|carousel|limited_time_offer)$/i,
      'is none of header, body, button, carousel, limited_time_offer',
    ),
  sub_type: z.string().optional(),
  index: z.union([z.string(), z.int()]).optional(),
  parameters: listOf(Parameter, 50, 0).optional(),
});

const Text = z.union([ParameterText, z.number().transform(String)]);
/** A header of media takes a fileuuid, a link, a file object, `{link}` or `{id}`. */
const MediaValue = z.union([FileRef, z.strictObject({ link: httpLink }), z.strictObject({ id: z.string().min(1) })]);
/**
 * What a tap on a quick reply reports instead of its words. Not a bare text: with those it would be unknown which of the
 * texts a reference to nothing has left out.
 */
const Payload = z.strictObject({ payload: words(MAX_PAYLOAD) });
/** Texts and media in the order header, body, buttons; payloads in the order of the quick replies. */
const Value = z.union([Text, MediaValue, Payload]);
type Value = z.output<typeof Value>;

const isObject = (given: unknown): given is object => typeof given === 'object' && given !== null;
const isComponent = (given: unknown): boolean => isObject(given) && 'type' in given && !('fileuuid' in given);
const isPayload = (given: Value): given is z.output<typeof Payload> => isObject(given) && 'payload' in given;
const MAX_VALUES = 100;
const MAX_COMPONENTS = 20;

const Params = z.strictObject({
  whatsapp_template_name: TemplateName,
  /** Values in order, or Meta's `components`. */
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
    }),
  language: z.string().min(2).max(20).optional(),
});

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
