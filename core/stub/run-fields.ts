import { valueProblem } from '../config/value-problem.js';
import type { Json, JsonObject } from '../contract/json.js';
import type { TemplateAction, TemplateField } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { FilledParams } from '../template/field-params.js';
import { valueIn, without, withValue } from './data-path.js';
import { type TypedValue, typedValue } from './field-value.js';
import { filledIn, Refusal, type RunDraft, rootsOf } from './run.js';
import { fileIdsOf, filesOfIds, shown } from './run-files.js';
import { failedValidation } from './run-validations.js';

/** Contacts of one field at most. */
const MAX_CONTACTS = 100;

interface FieldProblem {
  readonly code: 'field_invalid' | 'file_unknown' | 'contact_unknown';
  readonly message: string;
}
type Checked = { readonly value: Json; readonly label?: Json } | FieldProblem;

const EXPECTED = {
  file: (most: number) => `a fileuuid or a file object, or a list of up to ${most}`,
  contact: (many: boolean) =>
    `${many ? 'contacts' : 'a contact'} that exist${many ? '' : 's'}: a contactuuid, or {type, contact} of an address`,
};

/**
 * Checks what was posted against the action's fields, in their order, and gives the data as the steps will see it. A
 * field whose conditions do not hold is passed over. Any bad field refuses the run.
 */
export async function checkFields(action: TemplateAction, draft: RunDraft): Promise<JsonObject> {
  const problems: (FieldProblem & { readonly field: string })[] = [];
  for (const field of action.fields) {
    const landed = await landedField(field, action, draft).catch(failureOf(field));
    if ('message' in landed) problems.push({ ...landed, field: field.landsAt.join('.') });
    else draft.post = { ...draft.post, data: landed.data };
  }
  if (problems.length === 0) return draft.post.data;
  const codes = new Set(problems.map(({ code }) => code));
  throw new Refusal({
    code: codes.size === 1 ? problems[0]!.code : 'field_invalid',
    message: `The action "${action.name}" was not run: ${problems.map(({ message }) => message).join('; ')}. Send the values in "data".`,
    details: problems.map(({ field, message }) => ({ field, message })),
  });
}

/** What a field's own texts ran into is a problem of this field; an outage is not. */
const failureOf =
  ({ keyname, title }: TemplateField) =>
  (error: unknown): FieldProblem => {
    const isOurs =
      error instanceof StubwireError &&
      ['condition_failed', 'substitution_failed', 'value_invalid'].includes(error.code);
    if (!isOurs) throw error;
    return { code: 'field_invalid', message: `"${keyname}" (${title}) could not be checked: ${error.message}` };
  };

/** The data of the run with the field's value where it belongs. */
async function landedField(
  field: TemplateField,
  action: TemplateAction,
  draft: RunDraft,
): Promise<{ readonly data: JsonObject } | FieldProblem> {
  const { data } = draft.post;
  const roots = { ...rootsOf(draft), form: { data } };
  if (!(await draft.world.holds(field.conditions, roots))) return { data };
  const given = givenTo(field, draft);
  const checked = await checkField(field, given.value, draft);
  if (checked === undefined) return { data };
  if ('message' in checked) return checked;
  const rest = given.at === undefined ? data : without(data, given.at);
  const landed = withValue(rest, field.landsAt, checked.value);
  if (landed === undefined) {
    const path = field.landsAt.join('.');
    return {
      code: 'field_invalid',
      message: `"${path}" is inside something that was posted as no map; expected a map`,
    };
  }
  const labelAt = [...field.landsAt.slice(0, -1), `${field.keyname}_label`];
  const isFree = !action.fields.some(({ landsAt }) => landsAt.join('.') === labelAt.join('.'));
  if (checked.label === undefined || !isFree) return { data: landed };
  return { data: withValue(landed, labelAt, checked.label) ?? landed };
}

/** The value that counts: the override, else what was posted, else the default. `at`: a key at the top that it moves away from. */
function givenTo(
  { name, keyname, landsAt, initvalue }: TemplateField,
  draft: RunDraft,
): { readonly value: Json | undefined; readonly at?: string } {
  const { data } = draft.post;
  const filled = (written: Json | undefined): Json | undefined =>
    written === undefined ? undefined : (filledIn({ value: written }, draft) as JsonObject)['value'];
  const posted = [landsAt, [keyname], [name]].find((path) => valueIn(data, path) !== undefined);
  const isElsewhere = posted !== undefined && posted.length === 1 && (landsAt.length > 1 || posted[0] !== keyname);
  const at = isElsewhere && posted[0] !== landsAt[0] ? { at: posted[0]! } : {};
  const override = filled(initvalue.override);
  if (override !== undefined) return { value: override, ...at };
  if (posted !== undefined) return { value: valueIn(data, posted), ...at };
  return { value: filled(initvalue.default) };
}

/** Undefined: there is no value, and none is needed. */
async function checkField(
  field: TemplateField,
  given: Json | undefined,
  draft: RunDraft,
): Promise<Checked | undefined> {
  const { keyname, fieldtype, title } = field;
  const params = paramsOf(field, draft);
  const isList = fieldtype === 'file' || params.multiple === true;
  if (given === undefined || given === null || given === '' || (isList && Array.isArray(given) && given.length === 0)) {
    const required = field.validations.find(({ validationtype }) => validationtype === 'required');
    if (!field.required) return undefined;
    const own = required?.invalidMessage ? `: ${required.invalidMessage}` : '';
    return {
      code: 'field_invalid',
      message: `"${keyname}" (${title}) is missing; expected ${expectedOf(field, params)}${own}`,
    };
  }
  const typed = await typedOf(field, params, given, draft);
  if ('message' in typed) return typed;
  if ('expected' in typed) {
    const found = JSON.stringify(given).slice(0, 60);
    return { code: 'field_invalid', message: `"${keyname}" (${title}) is ${found}; expected ${typed.expected}` };
  }
  const problem = await failedValidation(field, typed.value, draft);
  return problem === undefined ? typed : { code: 'field_invalid', message: problem };
}

function paramsOf({ keyname, params }: TemplateField, draft: RunDraft): FilledParams {
  const given = filledIn(params, draft);
  const filled = FilledParams.safeParse(given);
  if (filled.success) return filled.data;
  const message = `In the field "${keyname}", filled in: ${valueProblem(filled.error, given, ['params'])}`;
  throw new StubwireError('value_invalid', message);
}

function expectedOf({ fieldtype }: TemplateField, params: FilledParams): string {
  if (fieldtype === 'file') return EXPECTED.file(params.max_files ?? 100);
  if (fieldtype === 'contact') return EXPECTED.contact(params.multiple === true);
  if (fieldtype === 'json') return 'any JSON value';
  const typed = typedValue(fieldtype, params, []); // a list is no value of these types
  return 'expected' in typed ? typed.expected : 'a value';
}

async function typedOf(
  { keyname, fieldtype, title }: TemplateField,
  params: FilledParams,
  given: Json,
  { world }: RunDraft,
): Promise<TypedValue | FieldProblem> {
  if (fieldtype === 'file') {
    const most = params.max_files ?? 100;
    const ids = fileIdsOf(given);
    if (!ids || ids.length > most) return { expected: EXPECTED.file(most) };
    const { files, missing } = await filesOfIds(ids, world);
    if (missing.length === 0) return { value: files as unknown as Json };
    return {
      code: 'file_unknown',
      message: `"${keyname}" (${title}) names ${missing.map(shown).join(', ')}; expected files that POST /api/files made`,
    };
  }
  if (fieldtype === 'contact') {
    const many = params.multiple === true;
    const asked = Array.isArray(given) ? given : [given];
    if (asked.length > (many ? MAX_CONTACTS : 1)) return { expected: EXPECTED.contact(many) };
    const found = await Promise.all(asked.map((one) => world.contactId(one)));
    const missing = asked.filter((_, at) => found[at] === undefined);
    if (missing.length === 0) return { value: many ? [...new Set(found as string[])] : found[0]! };
    return {
      code: 'contact_unknown',
      message: `"${keyname}" (${title}) is ${missing.map((one) => JSON.stringify(one).slice(0, 60)).join(', ')}; expected ${EXPECTED.contact(many)}. POST /api/contacts makes contacts`,
    };
  }
  return typedValue(fieldtype, params, given);
}
