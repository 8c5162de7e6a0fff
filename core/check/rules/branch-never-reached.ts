import type { Remark, TemplateCheck } from '../../contract/template-check.js';

export const branchNeverReached: TemplateCheck = {
  id: 'branch-never-reached',
  level: 'warning',
  means: 'A branch of to_state comes after one that always holds',
  help: 'The first branch whose conditions hold is taken. Put the branch without conditions last and mark it with meta: { default: true }, or give it conditions.',
  check: ({ actions }) =>
    actions.flatMap(({ toState }): Remark[] => {
      const branches = toState.filter(({ isDefault }) => !isDefault);
      const always = branches.findIndex(({ conditions }) => conditions.length === 0);
      const taken = branches[always];
      if (taken === undefined) return [];
      const behind = [...branches.slice(always + 1), ...toState.filter(({ isDefault }) => isDefault)];
      return behind.map(({ name, path }) => ({
        path,
        message: `This branch to "${name}" is never taken: the branch to "${taken.name}" comes first, and without conditions it always holds. Give that one conditions, or mark it with meta: { default: true }.`,
      }));
    }),
};
