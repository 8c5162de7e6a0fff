import type { OutlineAction, OutlineText, TemplateOutline } from '../contract/template-outline.js';

/** A text of an action, and what of the run is over when it is filled in. */
export interface ActionText extends OutlineText {
  readonly action: OutlineAction;
  /** How many of the action's tasks have run by then. */
  readonly tasksBefore: number;
}

/** The texts of an action that are filled in, in running order. */
export const textsOfAction = (action: OutlineAction): readonly ActionText[] => [
  ...action.tasks.flatMap(({ texts }, tasksBefore) => texts.map((text) => ({ ...text, action, tasksBefore }))),
  ...action.notifications.flatMap(({ texts }) =>
    texts.map((text) => ({ ...text, action, tasksBefore: action.tasks.length })),
  ),
];

/** The conditions of an action and of its parts, in running order. */
export const conditionsOfAction = (action: OutlineAction): readonly ActionText[] => {
  const before = (conditions: readonly OutlineText[], tasksBefore: number): ActionText[] =>
    conditions.map((condition) => ({ ...condition, action, tasksBefore }));
  const all = action.tasks.length;
  return [
    ...before(action.conditions, 0),
    ...action.fields.flatMap(({ conditions }) => before(conditions, 0)),
    ...action.tasks.flatMap(({ conditions }, at) => before(conditions, at)),
    ...action.notifications.flatMap(({ conditions }) => before(conditions, all)),
    ...action.toState.flatMap(({ conditions }) => before(conditions, all)),
  ];
};

export const textsOf = ({ actions }: TemplateOutline): readonly ActionText[] => actions.flatMap(textsOfAction);
export const conditionsOf = ({ actions }: TemplateOutline): readonly ActionText[] =>
  actions.flatMap(conditionsOfAction);
