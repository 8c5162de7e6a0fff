import { basename, extname } from 'node:path';
import type { Path, YamlDocument } from '../config/yaml-document.js';
import { BASE_ACTIONS } from '../stub/base-actions.js';
import type { Vocabulary } from './vocabulary.js';

/** The name of a template; of one that gives itself none, that of its file. */
export function templateName(document: YamlDocument): string {
  const node = document.node(['template']);
  return node?.kind === 'scalar' && node.source !== '' ? node.source : basename(document.file, extname(document.file));
}

/** The name of an item: its key, or the `__key` that the platform's export gives it. */
export function nameAt(document: YamlDocument, path: Path): string {
  const key = document.value([...path, '__key']);
  return typeof key === 'string' ? key : String(path.at(-1));
}

/** The paths of the items of a map, in the order of the file. */
export const itemsAt = (document: YamlDocument, path: Path): Path[] => document.keys(path).map((key) => [...path, key]);

const namesAt = (document: YamlDocument, path: Path): string[] =>
  itemsAt(document, path).map((item) => nameAt(document, item));

/** What a template can name: its own states and actions, and what every template has. */
export interface TemplateNames {
  readonly states: readonly string[];
  readonly actions: readonly string[];
  /** Base and feedback actions: in every template and state. */
  readonly everywhere: readonly string[];
}

export const namesIn = (document: YamlDocument, vocabulary: Vocabulary): TemplateNames => ({
  states: namesAt(document, ['states']),
  actions: namesAt(document, ['actions']),
  everywhere: [...BASE_ACTIONS, ...vocabulary.feedbackActions],
});
