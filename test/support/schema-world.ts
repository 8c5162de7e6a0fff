import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { readYaml } from '../../core/config/load-yaml.js';
import { EditorSchemas } from '../../core/editor/editor-schemas.js';
import type { JsonSchema } from '../../core/editor/json-schema-form.js';
import { vocabularyOf } from '../../core/host/assemble.js';
import { checkTemplate } from '../../core/template/checked-template.js';
import { samplePlugins } from './rule-world.js';

export interface SchemaJudge {
  readonly text: string;
  readonly schema: JsonSchema;
  /** What the schema says of a file, read as editors read YAML. */
  judged(yaml: string): string[];
  silentKeys(): string[];
}

/** The schema of stub templates beside the loader that it is to agree with. */
export interface SchemaWorld extends SchemaJudge {
  /** What the loader says of a file; nothing where it loads. */
  loaded(yaml: string): string[];
}

export async function schemaWorld(): Promise<SchemaWorld> {
  const { container } = await samplePlugins();
  const vocabulary = vocabularyOf(container);
  const made = judgeOf(container.get(EditorSchemas).stubTemplate());
  return {
    ...made,
    loaded: (yaml) => {
      const { documents, problems } = readYaml('tried.yaml', yaml);
      const found = documents.map((document) => checkTemplate(document, vocabulary));
      const all = [...problems, ...found.flatMap((checked) => ('problems' in checked ? checked.problems : []))];
      return all.map(({ code, message }) => `${code} ${message}`);
    },
  };
}

/** A schema as editors use it. */
export function judgeOf(text: string): SchemaJudge {
  const schema = JSON.parse(text) as JsonSchema;
  // Keywords of editors are no mistake; but what is a mistake throws here.
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    // Compiled once and used a little: the quickest to make.
    inlineRefs: false,
    code: { optimize: false },
  });
  for (const word of EDITOR_WORDS) ajv.addKeyword(word);
  const validate = ajv.compile(schema);
  return {
    text,
    schema,
    judged: (yaml) =>
      parseAllDocuments(yaml, { merge: true }).flatMap((document) => {
        if (document.errors.length > 0) return document.errors.map(({ message }) => message);
        if (validate(document.toJS())) return [];
        return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
      }),
    silentKeys: () => [...new Set(silentKeys(schema))],
  };
}

/** Keys that an editor would offer without a word about them. */
function silentKeys(schema: JsonSchema, path = ''): string[] {
  const keys = { ...schema.properties, ...schema.patternProperties };
  const ofKeys = Object.entries(keys).flatMap(([key, part]) => {
    const isSilent = !part.description && !part.doNotSuggest && !part.$ref && Object.keys(part).length > 0;
    return [...(isSilent ? [`${path}.${key}`] : []), ...silentKeys(part, `${path}.${key}`)];
  });
  const { items, additionalProperties, then, anyOf = [], allOf = [], definitions = {} } = schema;
  const inner = [
    items,
    additionalProperties,
    then,
    ...(path === '' ? [] : anyOf),
    ...allOf,
    ...Object.values(definitions),
  ];
  return [...ofKeys, ...inner.flatMap((part) => (typeof part === 'object' ? silentKeys(part, `${path}.*`) : []))];
}

const EDITOR_WORDS = ['doNotSuggest', 'enumDescriptions', 'markdownDescription', 'patternErrorMessage', 'errorMessage'];
