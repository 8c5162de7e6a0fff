import type { Json, JsonObject } from '../contract/json.js';
import type { FieldType, TemplateAction, TemplateField } from '../contract/stub-template.js';
import { Refusal, type RunDraft, rootsOf } from './run.js';

const EXPECTED: { readonly [type in FieldType]: string } = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  json: 'any JSON value',
};

/** Checks what was posted against the action's fields and gives the data as the steps will see it. Any bad field refuses the run. */
export async function checkFields(action: TemplateAction, draft: RunDraft): Promise<JsonObject> {
  const data: JsonObject = { ...draft.post.data };
  const problems: { field: string; message: string }[] = [];
  for (const field of action.fields) {
    if (!(await draft.world.holds(field.conditions, rootsOf(draft)))) continue;
    const given = data[field.keyname] ?? data[field.name];
    if (given === undefined || given === null || given === '') {
      if (field.required)
        problems.push({
          field: field.keyname,
          message: `"${field.keyname}" (${field.title}) is missing; expected ${EXPECTED[field.fieldtype]}`,
        });
      continue;
    }
    const value = fieldValue(field, given);
    if (value === undefined) {
      problems.push({
        field: field.keyname,
        message: `"${field.keyname}" is ${JSON.stringify(given).slice(0, 60)}; expected ${EXPECTED[field.fieldtype]}`,
      });
    } else {
      data[field.keyname] = value;
    }
  }
  if (problems.length === 0) return data;
  throw new Refusal({
    code: 'field_invalid',
    message: `The action "${action.name}" was not run: ${problems.map(({ message }) => message).join('; ')}. Send the values in "data".`,
    details: problems,
  });
}

/** The value in its field's type, or undefined where it is none. Forms send everything as text, so text is read too. */
function fieldValue({ fieldtype }: TemplateField, given: Json): Json | undefined {
  switch (fieldtype) {
    case 'text':
      return typeof given === 'string'
        ? given
        : typeof given === 'number' || typeof given === 'boolean'
          ? String(given)
          : undefined;
    case 'number': {
      const number = typeof given === 'string' ? Number(given) : given;
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      return typeof given === 'boolean' ? given : given === 'true' ? true : given === 'false' ? false : undefined;
    case 'json':
      return given;
  }
}
