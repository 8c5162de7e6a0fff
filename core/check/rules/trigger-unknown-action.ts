import { didYouMean } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { hasPlaceholder } from '../../template/reference.js';
import { allActions, goesToItself, registeredTrigger } from '../sent-actions.js';

export const triggerUnknownAction: TemplateCheck = {
  id: 'trigger-unknown-action',
  level: 'warning',
  means: 'A registration triggers an action that no template has',
  help: 'trigger_stubaction runs on the stub that stubref names, whatever its template; of a task heimdall_register without one, on its own stub. Correct action_name, or add the action.',
  takesBroken: true,
  check({ registrations, actions }, around) {
    const all = allActions(around);
    const own = new Set([...actions.map(({ name }) => name), ...around.everywhere]);
    const ofTemplate = registrations.map(({ path, triggerStubaction }) => ({
      trigger: triggerStubaction,
      path: [...path, 'trigger_stubaction'],
    }));
    const ofTasks = actions
      .flatMap(({ tasks }) => tasks)
      .map((task) => ({ trigger: registeredTrigger(task), path: [...task.path, 'params', 'trigger_stubaction'] }));
    return [...ofTemplate, ...ofTasks].flatMap(({ trigger, path }): Remark[] => {
      const name = trigger?.['action_name'];
      if (!trigger || typeof name !== 'string' || hasPlaceholder(name)) return [];
      const isOwn = goesToItself({ params: trigger });
      const known = isOwn ? own : all;
      if (known.has(name)) return [];
      const message = isOwn
        ? `This template has no action "${name}" for the event to run.${didYouMean(name, known)} Correct action_name, or add the action.`
        : `No template that was checked has an action "${name}", so the trigger is refused whatever stub it goes to.${didYouMean(name, known)} Correct action_name, or add the action to the template of those stubs.`;
      return [{ path: [...path, 'action_name'], message }];
    });
  },
};
