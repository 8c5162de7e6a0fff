import { listed, nearest } from '../../config/nearest.js';
import type { CheckAround, Remark, TemplateCheck } from '../../contract/template-check.js';
import { hasPlaceholder } from '../../template/reference.js';
import { oncePer } from '../once-per.js';

const MAKERS = '_created_by';
/** Keys of tasks that name or hold contact lists. */
const NAMES_LIST = ['list_name', 'list', 'name'];

/** The lists that tasks of these templates fill: set_list, add_contactpoint, create_stub. */
const filledLists = oncePer(({ templates }: CheckAround): readonly string[] => {
  const tasks = templates.flatMap(({ actions }) => actions.flatMap((action) => action.tasks));
  const filled = tasks.flatMap(({ tasktype, params }) => {
    const lists = params['contact_lists'];
    const given = typeof lists === 'object' && lists !== null ? Object.keys(lists) : [];
    const named =
      tasktype === 'set_list' ? NAMES_LIST.map((key) => params[key]).filter((name) => typeof name === 'string') : [];
    return [...given, ...named];
  });
  return [...new Set([MAKERS, ...filled])];
});

export const listNeverFilled: TemplateCheck = {
  id: 'list-never-filled',
  level: 'info',
  means: 'A notification goes to a contact list that no task fills',
  help: '_created_by is filled with who made the stub. Other lists are filled by set_list, or by whoever makes the stub: then nothing is wrong. A name that is like a filled one is probably misspelt, and then reported as a warning.',
  check(template, around) {
    const filled = filledLists(around);
    const told = new Set<string>();
    return template.actions.flatMap(({ notifications }) =>
      notifications.flatMap(({ recipients }) =>
        recipients.flatMap(({ type, value, path }): Remark[] => {
          if (type !== 'contact_list' || hasPlaceholder(value) || filled.includes(value) || told.has(value)) return [];
          told.add(value);
          const at = [...path, 'value'];
          const near = nearest(value, filled);
          if (near === undefined) {
            const message = `No task fills the contact list "${value}": it has to be given in contact_lists when the stub is made, or this reaches nobody.`;
            return [{ path: at, message }];
          }
          const message = `No task fills the contact list "${value}", so this reaches nobody. Did you mean "${near}"? Lists that are filled: ${listed(filled)}.`;
          return [{ path: at, message, level: 'warning' }];
        }),
      ),
    );
  },
};
