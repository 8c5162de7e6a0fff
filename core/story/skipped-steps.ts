import type { StubTemplate, TemplateAction } from '../contract/stub-template.js';
import type { PostView } from '../stub/stub-store.js';

/** The tasks and notifications that a run skipped, each with its conditions. Pure. */
export function skippedSteps(post: PostView, template: StubTemplate | undefined): string[] {
  const action = template?.actions.get(post.action_name);
  return (['tasks', 'notifications'] as const).flatMap((kind) =>
    Object.entries(post[kind])
      .filter(([, { skipped }]) => skipped === true)
      .map(([key]) => `${post.action_name} › ${key}: skipped${reason(action?.[kind] ?? [], key)}`),
  );
}

function reason(steps: TemplateAction['tasks' | 'notifications'], key: string): string {
  const { conditions = [] } = steps.find((step) => step.key === key) ?? {};
  return conditions.length > 0 ? `, because this does not hold: ${conditions.join(' and ')}` : '';
}
