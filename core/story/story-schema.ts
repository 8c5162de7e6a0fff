import { editorSchema } from '../editor/editor-schema.js';
import type { JsonSchema } from '../editor/json-schema-form.js';
import { storyForm } from './story-form.js';

/** Stands for the name of any contact while the schema is made. */
const ANYBODY = 'somebody';
/** As `ContactName`, without the flag that JSON Schema has not. */
const NAME = '[^\\s:]{1,40}';

/** The JSON Schema of a story, for editors: what `stubwire test` takes it takes; names it cannot know. */
export function storySchema(): JsonSchema {
  const made = editorSchema(storyForm([ANYBODY]));
  const step = made.properties!['steps']!.items!;
  const keys = Object.entries(step.properties!);
  const isOfClient = (key: string): boolean => key.startsWith(`${ANYBODY} `);
  const ofClients = keys.filter(([key]) => isOfClient(key));
  const steps: JsonSchema = {
    ...step,
    title: 'a step',
    properties: Object.fromEntries(keys.filter(([key]) => !isOfClient(key))),
    patternProperties: Object.fromEntries(
      ofClients.map(([key, part]) => [`^${NAME}${key.slice(ANYBODY.length)}$`, { ...part, title: key }]),
    ),
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Story of stubwire test',
    ...made,
    properties: { ...made.properties, steps: { ...made.properties!['steps'], items: steps } },
  };
}
