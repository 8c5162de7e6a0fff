import type { Json, JsonObject } from '../contract/json.js';
import type { FieldType, TemplateAction, TemplateField } from '../contract/stub-template.js';
import { Refusal, type RunDraft, type RunWorld, rootsOf } from './run.js';
import { fileIdsOf, filesOfIds, shown } from './run-files.js';

const EXPECTED: { readonly [type in FieldType]: string } = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  json: 'any JSON value',
  file: 'a fileuuid or a file object, or a list of up to 100',
};

interface FieldProblem {
  readonly code: 'field_invalid' | 'file_unknown';
  readonly field: string;
  readonly message: string;
}

/** Checks what was posted against the action's fields and gives the data as the steps will see it. Any bad field refuses the run. */
export async function checkFields(action: TemplateAction, draft: RunDraft): Promise<JsonObject> {
  const data: JsonObject = { ...draft.post.data };
  const problems: FieldProblem[] = [];
  for (const field of action.fields) {
    if (!(await draft.world.holds(field.conditions, rootsOf(draft)))) continue;
    const given = data[field.keyname] ?? data[field.name];
    const checked = await checkField(field, given, draft.world);
    if (checked === undefined) continue;
    if ('value' in checked) data[field.keyname] = checked.value;
    else problems.push({ ...checked, field: field.keyname });
  }
  if (problems.length === 0) return data;
  throw new Refusal({
    code: problems.every(({ code }) => code === 'file_unknown') ? 'file_unknown' : 'field_invalid',
    message: `The action "${action.name}" was not run: ${problems.map(({ message }) => message).join('; ')}. Send the values in "data".`,
    details: problems.map(({ field, message }) => ({ field, message })),
  });
}

/** Undefined: nothing was posted, and nothing needs to be. */
async function checkField(
  field: TemplateField,
  given: Json | undefined,
  world: RunWorld,
): Promise<{ readonly value: Json } | Omit<FieldProblem, 'field'> | undefined> {
  const { keyname, fieldtype, required, title } = field;
  const isEmpty = given === undefined || given === null || given === '' || (fieldtype === 'file' && isEmptyList(given));
  if (isEmpty) {
    if (!required) return undefined;
    return { code: 'field_invalid', message: `"${keyname}" (${title}) is missing; expected ${EXPECTED[fieldtype]}` };
  }
  if (fieldtype === 'file') {
    const ids = fileIdsOf(given);
    const found = ids && (await filesOfIds(ids, world));
    if (found && found.missing.length === 0) return { value: found.files as unknown as Json };
    if (found) {
      const missing = found.missing.map(shown).join(', ');
      return {
        code: 'file_unknown',
        message: `"${keyname}" names ${missing}; expected files that POST /api/files made`,
      };
    }
  } else {
    const value = fieldValue(fieldtype, given);
    if (value !== undefined) return { value };
  }
  const found = JSON.stringify(given).slice(0, 60);
  return { code: 'field_invalid', message: `"${keyname}" is ${found}; expected ${EXPECTED[fieldtype]}` };
}

const isEmptyList = (given: Json): boolean => Array.isArray(given) && given.length === 0;

/** The value in its field's type, or undefined where it is none. Forms send everything as text, so text is read too. */
function fieldValue(fieldtype: Exclude<FieldType, 'file'>, given: Json): Json | undefined {
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
