import type { ZodType } from 'zod';
import { didYouMean, listed } from '../config/nearest.js';
import { knownKeys } from '../config/schema-shape.js';
import type { Path, YamlDocument } from '../config/yaml-document.js';
import { dataOf, type YamlNode } from '../config/yaml-node.js';
import type { StubwireError } from '../errors.js';
import { conditionProblem } from './check-condition.js';
import { textProblems } from './check-placeholders.js';
import { hasPlaceholder } from './reference.js';
import { itemsAt } from './template-names.js';
import type { Vocabulary } from './vocabulary.js';

/** The platform's phased-out name of the WhatsApp channel, whose settings were others. */
const PHASED_OUT = 'whatsapp';

/** Checks tasks and notifications against what plugins contribute, and every condition and text that is filled in. */
export function stepProblems(document: YamlDocument, vocabulary: Vocabulary): StubwireError[] {
  const ofActions = itemsAt(document, ['actions']).flatMap((action) => [
    ...conditions(document, action),
    ...itemsAt(document, [...action, 'fields']).flatMap((field) => [
      ...conditions(document, field),
      ...texts(document, [...field, 'params'], vocabulary),
      ...texts(document, [...field, 'initvalue'], vocabulary),
    ]),
    ...itemsAt(document, [...action, 'to_state']).flatMap((branch) => conditions(document, branch)),
    ...itemsAt(document, [...action, 'tasks']).flatMap((task) => [
      ...conditions(document, task),
      ...taskProblems(document, task, vocabulary),
    ]),
    ...itemsAt(document, [...action, 'notifications']).flatMap((notification) => [
      ...conditions(document, notification),
      ...texts(document, [...notification, 'send_to'], vocabulary),
      ...itemsAt(document, [...notification, 'platforms']).flatMap((channel) =>
        channelProblems(document, channel, vocabulary),
      ),
    ]),
  ]);
  const ofRegistrations = itemsAt(document, ['heimdall']).flatMap((registration) => [
    ...texts(document, [...registration, 'create_stub'], vocabulary),
    ...texts(document, [...registration, 'trigger_stubaction'], vocabulary),
  ]);
  return [...ofActions, ...ofRegistrations];
}

function taskProblems(document: YamlDocument, task: Path, vocabulary: Vocabulary): StubwireError[] {
  const { tasktypes } = vocabulary;
  const name = document.value([...task, 'tasktype']);
  if (typeof name !== 'string') return [];
  const schema = tasktypes.get(name);
  if (schema === undefined) {
    const message = `There is no task type "${name}".${didYouMean(name, tasktypes.keys())} There are: ${listed(tasktypes.keys())}.`;
    return [document.problem('tasktype_unknown', message, [...task, 'tasktype'])];
  }
  return settings(document, schema, [[...task, 'params'], task], vocabulary);
}

function channelProblems(document: YamlDocument, channel: Path, vocabulary: Vocabulary): StubwireError[] {
  const { channels } = vocabulary;
  const name = String(channel.at(-1));
  const schema = channels.get(name);
  if (schema !== undefined) return settings(document, schema, [channel, channel], vocabulary);
  const hint =
    name === PHASED_OUT
      ? ' That form is phased out: write meta_whatsapp, with the settings of that channel.'
      : didYouMean(name, channels.keys());
  const message = `There is no channel "${name}".${hint} There are: ${listed(channels.keys())}.`;
  return [document.problem('channel_unknown', message, channel, 'key')];
}

/** Settings that are filled in before they are used: what is literal is held against its schema now. */
function settings(
  document: YamlDocument,
  schema: ZodType,
  [path, owner]: readonly [Path, Path],
  vocabulary: Vocabulary,
): StubwireError[] {
  if (document.node(path) === undefined) {
    const empty = schema.safeParse({});
    if (empty.success) return [];
    const takes = listed(knownKeys(schema));
    const message = `The task "${String(owner.at(-1))}" needs params; its task type takes: ${takes}. Write them below it, as params: { … }.`;
    return [document.problem('value_invalid', message, owner, 'key')];
  }
  const checked = document.check(schema, path, { placeholders: hasPlaceholder });
  return [...(checked.ok ? [] : checked.problems), ...texts(document, path, vocabulary)];
}

function conditions(document: YamlDocument, owner: Path): StubwireError[] {
  const path = [...owner, 'conditions'];
  const node = document.node(path);
  const paths = node?.kind === 'list' ? node.items.map((_, index) => [...path, index]) : [path];
  return paths.flatMap((at) => {
    const condition = document.value(at);
    const message = typeof condition === 'string' ? conditionProblem(condition) : undefined;
    return message === undefined ? [] : [document.problem('condition_invalid', message, at)];
  });
}

function texts(document: YamlDocument, path: Path, { helpers }: Vocabulary): StubwireError[] {
  const node = document.node(path);
  return node === undefined
    ? []
    : textsIn(node, path).flatMap(([text, at]) =>
        textProblems(text, helpers).map((message) => document.problem('placeholder_invalid', message, at)),
      );
}

function textsIn(node: YamlNode, path: Path): (readonly [string, Path])[] {
  if (node.kind === 'map') return [...node.entries].flatMap(([key, entry]) => textsIn(entry.node, [...path, key]));
  if (node.kind === 'list') return node.items.flatMap((item, index) => textsIn(item, [...path, index]));
  const text = dataOf(node);
  return typeof text === 'string' ? [[text, path]] : [];
}
