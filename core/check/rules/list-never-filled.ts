import { listed, nearest } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import type { TemplateOutline } from '../../contract/template-outline.js';
import { hasPlaceholder } from '../../template/reference.js';

const MAKERS = '_created_by';
/** Keys of tasks that name or hold contact lists. */
const NAMES_LIST = ['list_name', 'list', 'name'];

/** The lists that tasks of these templates fill: set_list, add_contactpoint, create_stub. */
function filledLists(templates: readonly TemplateOutline[]): string[] {
  const tasks = templates.flatMap(({ actions }) => actions.flatMap((action) => action.tasks));
  return tasks.flatMap(({ tasktype, params }) => {
    const lists = params['contact_lists'];
    const given = typeof lists === 'object' && lists !== null ? Object.keys(lists) : [];
    const named =
      tasktype === 'set_list' ? NAMES_LIST.map((key) => params[key]).filter((name) => typeof name === 'string') : [];
    return [...given, ...named];
  });
}

export const listNeverFilled: TemplateCheck = {
  id: 'list-never-filled',
  level: 'warning',
  means: 'A notification goes to a contact list that nothing fills',
  help: '_created_by is filled with who made the stub. Other lists are filled by set_list, or by whoever makes the stub: then nothing is wrong.',
  check(template, { templates }) {
    const filled = [...new Set([MAKERS, ...filledLists(templates)])];
    if (filled.some(hasPlaceholder)) return [];
    return template.actions.flatMap(({ notifications }) =>
      notifications.flatMap(({ recipients }) =>
        recipients.flatMap(({ type, value, path }): Remark[] => {
          if (type !== 'contact_list' || hasPlaceholder(value) || filled.includes(value)) return [];
          const near = nearest(value, filled);
          const message = `No task fills the contact list "${value}", so this reaches nobody unless the list is given when the stub is made.`;
          const todo =
            near === undefined ? 'Fill it with set_list, or give it in contact_lists.' : `Did you mean "${near}"?`;
          return [
            { path: [...path, 'value'], message: `${message} ${todo} Lists that are filled: ${listed(filled)}.` },
          ];
        }),
      ),
    );
  },
};
