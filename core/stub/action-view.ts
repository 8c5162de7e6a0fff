import type { Json, JsonObject } from '../contract/json.js';
import type { FieldType, FieldValidation, TemplateAction, TemplateField } from '../contract/stub-template.js';
import { FilledParams } from '../template/field-params.js';

/** A field as a form shows it: the template's own keys, with what it begins with and its options filled in. */
export interface FieldView {
  readonly name: string;
  readonly keyname: string;
  /** Where the value lands below `stubpost.data`, joined by dots. */
  readonly lands_at: string;
  readonly fieldtype: FieldType;
  readonly title: string;
  readonly description: string;
  readonly hide_label: boolean;
  readonly required: boolean;
  readonly initvalue: { readonly default?: Json; readonly override?: Json };
  readonly params: FilledParams;
  readonly validations: readonly {
    readonly validationtype: FieldValidation['validationtype'];
    readonly params: { readonly [key: string]: string };
    readonly invalid_message?: string;
    readonly valid_message?: string;
  }[];
  readonly conditions: readonly string[];
}

export interface ActionView {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly FieldView[];
}

/** Fills in a piece of the template from what the form knows. */
export type Fill = (written: Json) => Json;

/** An action as a form shows it. Its conditions and its fields' are judged when it runs. */
export const actionView = ({ name, description, fields }: TemplateAction, fill: Fill): ActionView => ({
  name,
  description,
  fields: fields.map((field) => fieldView(field, fill)),
});

function fieldView(
  { landsAt, hideLabel, initvalue, params, validations, ...field }: TemplateField,
  fill: Fill,
): FieldView {
  const options = FilledParams.safeParse(filled(params, fill));
  return {
    ...field,
    lands_at: landsAt.join('.'),
    hide_label: hideLabel,
    initvalue: filled(initvalue, fill),
    params: options.success ? options.data : {},
    validations: validations.map(validationView),
  };
}

/** What cannot be filled in without a run is left out of the form; a run says what is wrong with it. */
function filled(written: object, fill: Fill): JsonObject {
  try {
    return fill(written as JsonObject) as JsonObject;
  } catch {
    return {};
  }
}

function validationView(validation: FieldValidation): FieldView['validations'][number] {
  const { validationtype, invalidMessage, validMessage } = validation;
  const messages = {
    ...(invalidMessage !== undefined && { invalid_message: invalidMessage }),
    ...(validMessage !== undefined && { valid_message: validMessage }),
  };
  switch (validation.validationtype) {
    case 'required':
      return { validationtype, params: {}, ...messages };
    case 'regex':
      return { validationtype, params: { regex: validation.regex, flags: validation.flags }, ...messages };
    case 'jsonata':
      return { validationtype, params: { jsonata: validation.jsonata }, ...messages };
  }
}
