import { isUuid, type Json, type JsonObject, type Problem } from '../../../core/index.js';
import type { MediaRef } from './media-file.js';
import type { Built } from './message-type.js';
import { characters, isHttpLink } from './meta-limits.js';
import type { ChosenTemplate } from './template-language.js';
import { PLACE_HEADER, type Slot, slotsOf } from './template-slots.js';
import type { WhatsAppTemplate } from './whatsapp-template.js';

/** A value for one place: a text, or the media of a header. */
export type TemplateValue = string | MediaRef;
/** One of Meta's own `components`. */
export interface TemplateComponent {
  readonly type: string;
  readonly sub_type?: string | undefined;
  readonly index?: string | number | undefined;
  readonly parameters?: readonly unknown[] | undefined;
}
export type TemplateGiven =
  | { readonly values: readonly TemplateValue[]; readonly payloads: readonly string[] }
  | { readonly components: readonly TemplateComponent[] };

type Outcome = { readonly components: readonly JsonObject[] } | { readonly problem: Problem };
type Filled = { readonly part: 'header' | 'body' | 'button'; readonly slot: Slot; readonly parameter: JsonObject };

/** Characters of what a button carries. */
export const MAX_PAYLOAD = 256;
const MAX_CODE = 15;

const wrong = (message: string): { problem: Problem } => ({ problem: { code: 'whatsapp_template_params', message } });

/**
 * Meta's template object: values in order (header, body, buttons) in their places, or Meta's own `components`, both counted
 * against the template. Of a template that is not known all texts fill the body. Pure.
 */
export function resolveTemplate(
  { name, language, template, warning }: Extract<ChosenTemplate, { ok: true }>,
  given: TemplateGiven,
): Built {
  const outcome = outcomeOf(name, template, given);
  if ('problem' in outcome) return { ok: false, problem: outcome.problem };
  const { components } = outcome;
  const body = { name, language: { code: language }, ...(components.length > 0 && { components: [...components] }) };
  return { ok: true, payload: { type: 'template', template: body }, ...(warning && { warnings: [warning] }) };
}

function outcomeOf(name: string, template: WhatsAppTemplate | undefined, given: TemplateGiven): Outcome {
  if ('components' in given) {
    const written = given.components.map(asWritten);
    const problem = template && misfit(template, given.components);
    return problem ? { problem } : { components: written };
  }
  return template === undefined ? bodyOnly(name, given.values, given.payloads) : filled(template, given);
}

function bodyOnly(name: string, values: readonly TemplateValue[], payloads: readonly string[]): Outcome {
  if (payloads.length > 0 || !values.every((value) => typeof value === 'string')) {
    return wrong(
      `The account’s WhatsApp templates have not been read yet, so a file or payload has no known place in "${name}". Try again later, or give Meta’s components.`,
    );
  }
  if (values.length === 0) return { components: [] };
  return { components: [{ type: 'body', parameters: values.map((text) => ({ type: 'text', text })) }] };
}

const titled = ({ name, language }: WhatsAppTemplate): string => `The WhatsApp template "${name}" in "${language}"`;

/** Puts values in their places; where a value too few or too many is given, nothing is guessed. */
function filled(
  template: WhatsAppTemplate,
  { values, payloads }: Extract<TemplateGiven, { values: unknown }>,
): Outcome {
  const slots = slotsOf(template);
  const { header, body, buttons, quickReplies, beyond } = slots;
  if (beyond !== undefined)
    return wrong(`${titled(template)} has ${beyond}: give Meta’s components instead of bare values.`);
  const places: readonly (readonly [Filled['part'], Slot])[] = [
    ...header.map((slot) => ['header', slot] as const),
    ...body.map((slot) => ['body', slot] as const),
    ...buttons.map((slot) => ['button', slot] as const),
  ];
  if (values.length !== places.length) {
    const parts = `header ${header.length}, body ${body.length}, buttons ${buttons.length}`;
    return wrong(`${titled(template)} takes ${places.length} values (${parts}); got ${values.length}.`);
  }
  if (payloads.length > 0 && payloads.length !== quickReplies.length) {
    return wrong(
      `${titled(template)} has ${quickReplies.length} quick replies; got ${payloads.length} payloads. Give each one, or none.`,
    );
  }
  const placed: Filled[] = payloads.map((payload, at) => ({
    part: 'button',
    slot: quickReplies[at]!,
    parameter: { type: 'payload', payload },
  }));
  for (const [at, [part, slot]] of places.entries()) {
    const parameter = parameterOf(slot, values[at]!);
    if (typeof parameter === 'string') return wrong(`${titled(template)}: value ${at + 1} (${part}) ${parameter}`);
    placed.push({ part, slot, parameter });
  }
  return { components: componentsOf(placed) };
}

/** The parameter as Meta writes it, or what is wrong with the value. */
function parameterOf({ kind, name }: Slot, value: TemplateValue): JsonObject | string {
  switch (kind) {
    case 'image':
    case 'video':
    case 'document': {
      const media = typeof value === 'string' ? mediaOf(value) : value;
      if (media === undefined)
        return `is a text, and this header shows one file (${kind}): give a fileuuid, a file object or an http(s) link.`;
      return { type: kind, [kind]: { ...media } };
    }
    default:
      if (typeof value !== 'string') return 'is a file, and this place takes a text.';
      if (kind === 'copy_code') {
        const length = characters(value);
        if (length > MAX_CODE) return `has ${length} characters; a code for copying has ${MAX_CODE} at most.`;
        return { type: 'coupon_code', coupon_code: value };
      }
      return { type: 'text', ...(name !== undefined && { parameter_name: name }), text: value };
  }
}

function mediaOf(value: string): MediaRef | undefined {
  if (isHttpLink(value)) return { link: value };
  return isUuid(value) ? { fileuuid: value } : undefined;
}

function componentsOf(placed: readonly Filled[]): JsonObject[] {
  const ofPart = (type: 'header' | 'body'): JsonObject[] => {
    const parameters = placed.filter(({ part }) => part === type).map(({ parameter }) => parameter);
    return parameters.length > 0 ? [{ type, parameters }] : [];
  };
  const buttons = placed
    .filter(({ part }) => part === 'button')
    .sort((a, b) => a.slot.index! - b.slot.index!)
    .map(({ slot, parameter }) => ({
      type: 'button',
      sub_type: slot.kind,
      index: String(slot.index),
      parameters: [parameter],
    }));
  return [...ofPart('header'), ...ofPart('body'), ...buttons];
}

/** Meta takes an index as text; people write a number. */
const asWritten = ({ type, index, ...rest }: TemplateComponent): JsonObject =>
  ({
    type: type.toLowerCase(),
    ...rest,
    ...(index !== undefined && { index: String(index) }),
  }) as unknown as { [key: string]: Json };

const SAME_AS_URL: readonly string[] = ['URL', 'OTP'];

/** What does not fit between Meta's own components and the template. */
function misfit(template: WhatsAppTemplate, given: readonly TemplateComponent[]): Problem | undefined {
  const slots = slotsOf(template);
  const ofType = (type: string) => given.filter((component) => component.type.toLowerCase() === type);
  const count = (type: string) => ofType(type).reduce((sum, { parameters }) => sum + (parameters?.length ?? 0), 0);
  for (const part of ['header', 'body'] as const) {
    const expected = part === 'header' && slots.beyond === PLACE_HEADER ? 1 : slots[part].length;
    if (count(part) !== expected)
      return wrong(`${titled(template)} takes ${expected} parameters in its ${part}; got ${count(part)}.`).problem;
  }
  const buttons = buttonsOf(template);
  for (const { index, sub_type } of ofType('button')) {
    const type = buttons[Number(index)];
    if (type === undefined)
      return wrong(`${titled(template)} has ${buttons.length} buttons, and none with the index ${index}.`).problem;
    const asked = (sub_type ?? '').toUpperCase();
    if (asked !== type && !(asked === 'URL' && SAME_AS_URL.includes(type)))
      return wrong(`${titled(template)}: its button ${index} is of type ${type}, not "${sub_type ?? ''}".`).problem;
  }
  const left = slots.buttons.find((slot) => !ofType('button').some(({ index }) => Number(index) === slot.index));
  return left && wrong(`${titled(template)}: its button ${left.index} (${left.kind}) needs a parameter.`).problem;
}

const buttonsOf = ({ components }: WhatsAppTemplate): readonly string[] =>
  components
    .filter(({ type }) => type === 'BUTTONS')
    .flatMap(({ buttons }) =>
      Array.isArray(buttons) ? (buttons as JsonObject[]).map(({ type }) => String(type)) : [],
    );
