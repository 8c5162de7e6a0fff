import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { readYaml } from '../../core/config/load-yaml.js';
import { EditorSchemas } from '../../core/editor/editor-schemas.js';
import type { JsonSchema } from '../../core/editor/json-schema-form.js';
import { vocabularyOf } from '../../core/host/assemble.js';
import { checkTemplate } from '../../core/template/checked-template.js';
import { samplePlugins } from './rule-world.js';

/** The schema of stub templates beside the loader that it is to agree with. */
export interface SchemaWorld {
  readonly text: string;
  readonly schema: JsonSchema;
  /** What the loader says of a file; nothing where it loads. */
  loaded(yaml: string): string[];
  /** What the schema says of it, read as editors read YAML. */
  judged(yaml: string): string[];
}

export async function schemaWorld(): Promise<SchemaWorld> {
  const { container } = await samplePlugins();
  const text = container.get(EditorSchemas).stubTemplate();
  const schema = JSON.parse(text) as JsonSchema;
  const vocabulary = vocabularyOf(container);
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
    loaded: (yaml) => {
      const { documents, problems } = readYaml('tried.yaml', yaml);
      const found = documents.map((document) => checkTemplate(document, vocabulary));
      const all = [...problems, ...found.flatMap((checked) => ('problems' in checked ? checked.problems : []))];
      return all.map(({ code, message }) => `${code} ${message}`);
    },
    judged: (yaml) =>
      parseAllDocuments(yaml, { merge: true }).flatMap((document) => {
        if (document.errors.length > 0) return document.errors.map(({ message }) => message);
        if (validate(document.toJS())) return [];
        return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
      }),
  };
}

const EDITOR_WORDS = ['doNotSuggest', 'enumDescriptions', 'markdownDescription', 'patternErrorMessage', 'errorMessage'];
