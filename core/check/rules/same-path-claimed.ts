import { shownFile } from '../../config/problem.js';
import type { CheckAround, Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlineRegistration, TemplateOutline } from '../../contract/template-outline.js';
import { oncePer } from '../once-per.js';

interface Claim {
  readonly template: TemplateOutline;
  readonly registration: OutlineRegistration;
}

/**
 * The first that claims each pattern, in the order of the templates. Of two patterns that are not the same, one is more
 * specific wherever both match. Of two templates of one name only the first can load.
 */
const firstClaims = oncePer(({ templates }: CheckAround): ReadonlyMap<string, Claim> => {
  const loads = new Map([...templates].reverse().map((template) => [template.name, template]));
  const claims = [...loads.values()]
    .reverse()
    .flatMap((template) =>
      template.registrations
        .filter(({ mechanism }) => mechanism === 'cbh')
        .map((registration) => [registration.pattern, { template, registration }] as const),
    );
  return new Map(claims.reverse());
});

export const samePathClaimed: TemplateCheck = {
  id: 'same-path-claimed',
  level: 'warning',
  means: 'Two cbh registrations claim the same path',
  help: 'A cbh event has one handler: the most specific pattern, then the newest registration. Give one of them a more specific path, or remove it.',
  check: (template, around) =>
    template.registrations.flatMap(({ pattern, mechanism, path }): Remark[] => {
      const first = firstClaims(around).get(pattern);
      const isTwin = first?.template !== template && first?.template.name === template.name;
      if (mechanism !== 'cbh' || first === undefined || isTwin || first.registration.path === path) return [];
      const where =
        first.template === template
          ? `of this template`
          : `in the template "${first.template.name}" (${shownFile(first.template.file)})`;
      const message = `"${pattern}" is claimed already by "${first.registration.name}" ${where}. A cbh event has one handler, and the newest wins, so one of the two never runs. Make one path more specific, or take one away.`;
      return [{ path: [...path, 'path'], message }];
    }),
};
