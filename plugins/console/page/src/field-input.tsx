import { api, type Field } from './api.js';

type Data = { [key: string]: unknown };

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** The input of one field of an action. What its value may be is checked by the host when the action runs. */
export function FieldInput({ action, field }: { readonly action: string; readonly field: Field }) {
  const { lands_at: name, title, description, required, initvalue } = field;
  const id = `${action} ${name}`.replaceAll(/[^\w]+/g, '-');
  const hint = `${id}-hint`;
  const fixed = initvalue.override !== undefined;
  return (
    <div class="field">
      <label for={id}>
        {title}
        {required && <span class="needed"> needed</span>}
      </label>
      <Input id={id} field={field} fixed={fixed} describedBy={description ? hint : undefined} />
      {description && (
        <small id={hint} class="hint">
          {description}
        </small>
      )}
    </div>
  );
}

function Input(input: {
  readonly id: string;
  readonly field: Field;
  readonly fixed: boolean;
  readonly describedBy: string | undefined;
}) {
  const { lands_at: landsAt, fieldtype, required, params, initvalue } = input.field;
  const value = initvalue.override ?? initvalue.default;
  const chosen = [value].flat().map(text);
  const common = {
    id: input.id,
    name: `field:${landsAt}`,
    required,
    disabled: input.fixed,
    'aria-describedby': input.describedBy,
  };
  switch (fieldtype) {
    case 'number':
      return (
        <input {...common} type="number" step="any" min={params.min} max={params.max} defaultValue={text(value)} />
      );
    case 'boolean':
      return (
        <select {...common}>
          <option value="">–</option>
          <option value="true" selected={value === true}>
            yes
          </option>
          <option value="false" selected={value === false}>
            no
          </option>
        </select>
      );
    case 'select':
      return (
        <select {...common} multiple={params.multiple === true}>
          {!params.multiple && <option value="">–</option>}
          {params.options?.map((option) => (
            <option key={option.value} value={option.value} selected={chosen.includes(option.value)}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case 'date':
      return params.with_time ? (
        <input {...common} type="datetime-local" />
      ) : (
        <input {...common} type="date" defaultValue={text(value).slice(0, 10)} />
      );
    case 'file':
      return <input {...common} type="file" multiple={(params.max_files ?? 2) > 1} />;
    case 'json':
      return <textarea {...common} rows={3} spellcheck={false} defaultValue={text(value)} />;
    case 'contact':
      return <input {...common} placeholder="contactuuid or number" defaultValue={text(value)} />;
    case 'text':
      return (params.max_length ?? 100) > 80 ? (
        <textarea {...common} rows={2} maxLength={params.max_length ?? 65_536} defaultValue={text(value)} />
      ) : (
        <input {...common} maxLength={params.max_length} defaultValue={text(value)} />
      );
  }
}

/** What a filled-in form posts: a value for each field that has one, where the field lands. Files are stored first. */
export async function dataOf(fields: readonly Field[], form: FormData): Promise<Data> {
  const more = parsed(String(form.get('more') ?? ''), 'More data');
  if (typeof more !== 'object' || more === null || Array.isArray(more)) {
    throw new Error('More data is no JSON object. Write it as {"key": "value"}.');
  }
  const data: Data = { ...more };
  for (const field of fields) {
    const value = await givenTo(field, form.getAll(`field:${field.lands_at}`));
    if (value !== undefined) put(data, field.lands_at.split('.'), value);
  }
  return data;
}

async function givenTo({ fieldtype, title, params }: Field, given: readonly FormDataEntryValue[]): Promise<unknown> {
  if (fieldtype === 'file') {
    const files = given.filter((file) => file instanceof File && file.size > 0) as File[];
    return files.length === 0 ? undefined : Promise.all(files.map(api.upload));
  }
  const texts = given.map(String).filter((one) => one !== '');
  if (texts.length === 0) return undefined;
  if (fieldtype === 'select' && params.multiple) return texts;
  const [first = ''] = texts;
  if (fieldtype === 'json') return parsed(first, title);
  return fieldtype === 'date' && first.includes('T') ? new Date(first).toISOString() : first;
}

function parsed(json: string, title: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`${title} is not JSON: ${(error as Error).message}`);
  }
}

function put(data: Data, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) data[key] = value;
  else {
    const inner = typeof data[key] === 'object' && data[key] !== null ? (data[key] as Data) : {};
    data[key] = inner;
    put(inner, rest, value);
  }
}
