import type { TemplateCheck } from '../../contract/template-check.js';

export const sameKeyname: TemplateCheck = {
  id: 'same-keyname',
  level: 'warning',
  means: 'Two fields of an action land at the same key',
  help: 'Give one of the fields another details.keyname: the later value replaces the earlier one.',
  takesBroken: true,
  check: ({ actions }) =>
    actions.flatMap(({ fields }) =>
      fields.flatMap((field, at) => {
        const key = field.landsAt.join('.');
        const first = fields.slice(0, at).find(({ landsAt }) => landsAt.join('.') === key);
        if (first === undefined) return [];
        const message = `The fields "${first.name}" and "${field.name}" both land at stubpost.data.${key}, so one value is lost. Give one another details.keyname.`;
        return [{ path: field.path, at: 'key' as const, message }];
      }),
    ),
};
