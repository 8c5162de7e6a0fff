import { shownFile } from '../../config/problem.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlineRegistration, TemplateOutline } from '../../contract/template-outline.js';
import { comparePatterns } from '../../heimdall/path-pattern.js';

const ANY = ['#', '*'];

/** Is there a path that both patterns stand for, with none of them the more specific? */
function clash(a: string, b: string): boolean {
  if (comparePatterns(a, b) !== 0) return false;
  const left = a.split('.');
  const right = b.split('.');
  if (left.length !== right.length) return false;
  return left.every((segment, at) => segment === right[at] || (ANY.includes(segment) && ANY.includes(right[at]!)));
}

const claims = ({ registrations }: TemplateOutline): readonly OutlineRegistration[] =>
  registrations.filter(({ mechanism }) => mechanism === 'cbh');

export const samePathClaimed: TemplateCheck = {
  id: 'same-path-claimed',
  level: 'warning',
  means: 'Two cbh registrations claim the same events',
  help: 'A cbh event has one handler: the most specific pattern, then the newest registration. Give one of them a more specific path, take it away, or let both hear the event with mechanism: evt.',
  check(template, { templates }) {
    const before = templates
      .slice(0, templates.indexOf(template))
      .flatMap((other) =>
        claims(other).map((claim) => ({ claim, where: `in the template "${other.name}" (${shownFile(other.file)})` })),
      );
    return claims(template).flatMap((claim, at, own): Remark[] => {
      const earlier = own.slice(0, at).map((other) => ({ claim: other, where: 'of this template' }));
      const first = [...earlier, ...before].find((other) => clash(other.claim.pattern, claim.pattern));
      if (first === undefined) return [];
      const message = `"${claim.pattern}" is claimed already by "${first.claim.name}" ${first.where}, just as specifically. A cbh event has one handler, and the newest wins, so one of the two never runs. Make one path more specific, or take one away.`;
      return [{ path: [...claim.path, 'path'], message }];
    });
  },
};
