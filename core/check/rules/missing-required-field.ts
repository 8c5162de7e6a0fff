import { listed } from '../../config/nearest.js';
import type { CheckAround, Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlineAction, OutlinePath, TemplateOutline } from '../../contract/template-outline.js';
import { hasPlaceholder } from '../../template/reference.js';
import { keysGiven, ownTarget } from '../sent-actions.js';

interface Sending {
  readonly action: string;
  readonly data: unknown;
  readonly path: OutlinePath;
  readonly by: string;
}

function sendings({ actions, registrations }: TemplateOutline): Sending[] {
  const ofTasks = actions.flatMap(({ tasks }) =>
    tasks.flatMap((task): Sending[] => {
      const action = ownTarget(task);
      if (action === undefined) return [];
      return [{ action, data: task.params['data'], path: task.path, by: `the task "${task.name}"` }];
    }),
  );
  const ofRegistrations = registrations.flatMap(({ name, path, createStub, triggerStubaction }): Sending[] => {
    const trigger = triggerStubaction?.['action_name'];
    if (typeof trigger === 'string' && !hasPlaceholder(trigger))
      return [
        {
          action: trigger,
          data: triggerStubaction!['data'],
          path: [...path, 'trigger_stubaction'],
          by: `the registration "${name}"`,
        },
      ];
    const run = createStub?.['run'];
    return typeof run === 'string' && run !== '_create'
      ? [{ action: run, data: {}, path: [...path, 'create_stub', 'run'], by: `the registration "${name}"` }]
      : [];
  });
  return [...ofTasks, ...ofRegistrations];
}

const requiredOf = ({ fields }: OutlineAction): string[] =>
  fields.filter(({ required, conditions }) => required && conditions.length === 0).map(({ landsAt }) => landsAt[0]!);

function feedbackWithFields({ actions }: TemplateOutline, { feedbackActions }: CheckAround): Remark[] {
  return actions
    .filter(({ name }) => feedbackActions.includes(name))
    .flatMap((action) =>
      action.fields
        .filter(({ required, conditions }) => required && conditions.length === 0)
        .map(({ name, path }) => ({
          path,
          at: 'key' as const,
          message: `What a client writes brings no field "${name}", so every message is refused by "${action.name}". Take "required" away, or ask for it in an action that people run.`,
        })),
    );
}

export const missingRequiredField: TemplateCheck = {
  id: 'missing-required-field',
  level: 'warning',
  means: 'An action is run without a field that it requires',
  help: 'Give the field under data: of the task or registration that runs the action, or do not require it.',
  check(template, around) {
    const ofSendings = sendings(template).flatMap(({ action, data, path, by }): Remark[] => {
      const target = template.actions.find(({ name }) => name === action);
      const given = keysGiven(data);
      if (target === undefined || given === undefined || around.feedbackActions.includes(action)) return [];
      const missing = requiredOf(target).filter((field) => !given.includes(field));
      if (missing.length === 0) return [];
      const message = `The action "${action}" requires ${listed(missing)}, and ${by} gives it ${given.length > 0 ? `only ${listed(given)}` : 'nothing'}, so the run is refused. Add to its data: ${missing.map((field) => `${field}: …`).join(', ')}.`;
      return [{ path, at: 'key', message }];
    });
    return [...ofSendings, ...feedbackWithFields(template, around)];
  },
};
