import type { TemplateCheck } from '../../contract/template-check.js';
import { goesToItself, sentAction } from '../sent-actions.js';

export const sendactionLoop: TemplateCheck = {
  id: 'sendaction-loop',
  level: 'warning',
  means: 'An action sends itself to its own stub, which is refused',
  help: 'Send another action, send it to another stub with stubref, or run it later with set_timer.',
  takesBroken: true,
  check: ({ actions }) =>
    actions.flatMap((action) =>
      action.tasks
        .filter((task) => task.tasktype === 'sendaction' && goesToItself(task) && sentAction(task) === action.name)
        .map(({ path }) => ({
          path: [...path, 'params', 'action_name'],
          message: `"${action.name}" sends itself to its own stub, which would never end, so the task fails each time. Send another action, name another stub with stubref, or run it later with set_timer.`,
        })),
    ),
};
