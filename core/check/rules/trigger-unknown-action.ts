import { didYouMean } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { hasPlaceholder } from '../../template/reference.js';
import { allActions } from '../sent-actions.js';

export const triggerUnknownAction: TemplateCheck = {
  id: 'trigger-unknown-action',
  level: 'warning',
  means: 'A registration triggers an action that no template has',
  help: 'trigger_stubaction runs on the stub that stubref names, whatever its template. Correct action_name, or add the action.',
  takesBroken: true,
  check({ registrations }, around) {
    const known = allActions(around);
    return registrations.flatMap(({ path, triggerStubaction }): Remark[] => {
      const name = triggerStubaction?.['action_name'];
      if (typeof name !== 'string' || hasPlaceholder(name) || known.has(name)) return [];
      const message = `No template that was checked has an action "${name}", so the trigger is refused whatever stub it goes to.${didYouMean(name, known)} Correct action_name, or add the action to the template of those stubs.`;
      return [{ path: [...path, 'trigger_stubaction', 'action_name'], message }];
    });
  },
};
