import type { OutlineAction, OutlineText, TemplateOutline } from '../contract/template-outline.js';
import { type ConditionNode, conditionReferences, conditionTree } from './condition-references.js';
import { oncePer } from './once-per.js';
import { type Reference, textReferences } from './text-references.js';

/** A text of an action, and what of the run is over when it is filled in. */
export interface ActionText extends OutlineText {
  readonly action: OutlineAction;
  /** How many of the action's tasks have run by then. */
  readonly tasksBefore: number;
  /** The paths from roots that it names. */
  readonly references: readonly Reference[];
}

/** A condition of an action or of a part of it. */
export interface ActionCondition extends ActionText {
  /** Undefined where it is not JSONata. */
  readonly tree: ConditionNode | undefined;
  /** Of a field: it sees what was posted beside the roots. */
  readonly ofField: boolean;
}

/** The texts of an action that are filled in, in running order. */
export const textsOfAction = oncePer((action: OutlineAction): readonly ActionText[] => {
  const read = (texts: readonly OutlineText[], tasksBefore: number): ActionText[] =>
    texts.map(({ text, path }) => ({ text, path, action, tasksBefore, references: textReferences(text) }));
  return [
    ...action.tasks.flatMap(({ texts }, tasksBefore) => read(texts, tasksBefore)),
    ...action.notifications.flatMap(({ texts }) => read(texts, action.tasks.length)),
  ];
});

/** The conditions of an action and of its parts, in running order. */
export const conditionsOfAction = oncePer((action: OutlineAction): readonly ActionCondition[] => {
  const read = (conditions: readonly OutlineText[], tasksBefore: number, ofField = false): ActionCondition[] =>
    conditions.map(({ text, path }) => {
      const tree = conditionTree(text);
      return { text, path, action, tasksBefore, tree, ofField, references: conditionReferences(tree) };
    });
  const all = action.tasks.length;
  return [
    ...read(action.conditions, 0),
    ...action.fields.flatMap(({ conditions }) => read(conditions, 0, true)),
    ...action.tasks.flatMap(({ conditions }, at) => read(conditions, at)),
    ...action.notifications.flatMap(({ conditions }) => read(conditions, all)),
    ...action.toState.flatMap(({ conditions }) => read(conditions, all)),
  ];
});

export const textsOf = ({ actions }: TemplateOutline): readonly ActionText[] => actions.flatMap(textsOfAction);
export const conditionsOf = ({ actions }: TemplateOutline): readonly ActionCondition[] =>
  actions.flatMap(conditionsOfAction);
