import type { Json } from '../contract/json.js';
import type { FieldValidation, TemplateField } from '../contract/stub-template.js';
import { type RunDraft, rootsOf } from './run.js';

/** The sentence for the first validation that a value does not pass, or undefined. Throws `condition_failed` where one gives no answer. */
export async function failedValidation(
  field: TemplateField,
  value: Json,
  draft: RunDraft,
): Promise<string | undefined> {
  for (const validation of field.validations) {
    if (await passes(validation, value, draft)) continue;
    const found = JSON.stringify(value).slice(0, 60);
    const own = validation.invalidMessage ? `: ${validation.invalidMessage}` : '';
    return `"${field.keyname}" (${field.title}) is ${found}; expected ${expectation(validation)}${own}`;
  }
  return undefined;
}

async function passes(validation: FieldValidation, value: Json, draft: RunDraft): Promise<boolean> {
  switch (validation.validationtype) {
    case 'required':
      return true; // what is missing was refused before
    case 'regex': {
      const texts = Array.isArray(value) ? value.map(String) : [String(value)];
      for (const text of texts)
        if (!(await draft.world.matches(validation.regex, validation.flags, text))) return false;
      return true;
    }
    case 'jsonata': {
      const roots = { ...rootsOf(draft), form: { data: draft.post.data }, field: { data: value }, value };
      return draft.world.holds([validation.jsonata], roots);
    }
  }
}

function expectation(validation: FieldValidation): string {
  switch (validation.validationtype) {
    case 'required':
      return 'a value';
    case 'regex':
      return `text that matches /${validation.regex}/${validation.flags}`;
    case 'jsonata':
      return `a value for which ${validation.jsonata} holds`;
  }
}
