import type { ZodError } from 'zod';
import { dotted } from './describe-issue.js';
import { issueWords, nearestIssues } from './issue-words.js';

/** The first problem of a value, after its path: `platforms.log.body is missing; it takes text.` */
export function valueProblem(error: ZodError, given: unknown, at: readonly PropertyKey[]): string {
  const [issue] = nearestIssues(error.issues[0]!, given);
  return `${dotted([...at, ...issue!.path])} ${issueWords(issue!, given)}`.trimStart();
}
