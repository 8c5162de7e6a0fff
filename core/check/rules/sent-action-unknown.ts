import { didYouMean, listed } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { allActions, goesToItself, sentAction } from '../sent-actions.js';

export const sentActionUnknown: TemplateCheck = {
  id: 'sent-action-unknown',
  level: 'warning',
  means: 'A task sends an action that its stub does not have',
  help: 'To its own stub only actions of this template and base actions can be sent, to another stub those of its template.',
  takesBroken: true,
  check(template, around) {
    const own = [...template.actions.map(({ name }) => name), ...around.everywhere];
    const all = allActions(around);
    return template.actions.flatMap(({ tasks }) =>
      tasks.flatMap((task): Remark[] => {
        const name = sentAction(task);
        if (name === undefined) return [];
        const path = [...task.path, 'params', 'action_name'];
        if (goesToItself(task)) {
          if (own.includes(name)) return [];
          const message = `This template has no action "${name}" to send.${didYouMean(name, own)} There are: ${listed(own)}. Correct the name, or name another stub with stubref.`;
          return [{ path, message }];
        }
        if (all.has(name)) return [];
        const message = `No template that was checked has an action "${name}", so no stub takes it.${didYouMean(name, all)} Correct the name, or check its template too.`;
        return [{ path, message }];
      }),
    );
  },
};
