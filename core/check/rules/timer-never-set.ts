import { listed, nearest } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import type { OutlineTask } from '../../contract/template-outline.js';
import { hasPlaceholder } from '../../template/reference.js';

/** What the timer of a task is called: its own name, else that of its action. */
function timerOf({ params }: OutlineTask): { readonly name: string; readonly key: string } | undefined {
  const key = ['timer_name', 'action_name'].find((each) => typeof params[each] === 'string');
  return key === undefined ? undefined : { name: params[key] as string, key };
}

export const timerNeverSet: TemplateCheck = {
  id: 'timer-never-set',
  level: 'warning',
  means: 'A task cancels a timer that no task sets',
  help: 'Name the timer as the task that sets it does: by its timer_name, or by its action where it has none. What is cancelled by another name comes all the same.',
  takesBroken: true,
  check({ actions }) {
    const tasks = actions.flatMap((action) => action.tasks.filter(({ tasktype }) => tasktype === 'set_timer'));
    const isCancel = ({ params }: OutlineTask): boolean => params['operation'] === 'cancel';
    const set = [...new Set(tasks.filter((task) => !isCancel(task)).flatMap((task) => timerOf(task)?.name ?? []))];
    if (set.some(hasPlaceholder)) return []; // it may be any
    return tasks.filter(isCancel).flatMap((task) => {
      const timer = timerOf(task);
      if (!timer || hasPlaceholder(timer.name) || set.includes(timer.name)) return [];
      const near = nearest(timer.name, set);
      const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
      const message = `No task of this template sets a timer "${timer.name}", so nothing is cancelled.${hint} Timers that are set: ${listed(set)}.`;
      return [{ path: [...task.path, 'params', timer.key], message }];
    });
  },
};
