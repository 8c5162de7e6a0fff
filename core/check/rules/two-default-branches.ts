import type { TemplateCheck } from '../../contract/template-check.js';

export const twoDefaultBranches: TemplateCheck = {
  id: 'two-default-branches',
  level: 'warning',
  means: 'Two branches of to_state are the default',
  help: 'The default is taken where no other branch holds. Keep one, and give the others conditions.',
  check: ({ actions }) =>
    actions.flatMap(({ toState }) => {
      const [first, ...more] = toState.filter(({ isDefault }) => isDefault);
      return more.map(({ name, path }) => ({
        path,
        message: `This branch to "${name}" is never taken: the branch to "${first!.name}" is the default already. Keep one default, and give the other conditions.`,
      }));
    }),
};
