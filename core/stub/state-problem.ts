import type { Problem, Stub } from '../contract/stub.js';
import type { StubTemplate } from '../contract/stub-template.js';

/** What keeps a stub from being run as its template says: the template is not loaded, or no longer has the stub's state. */
export function stateProblem(
  { state, template: name }: Pick<Stub, 'state' | 'template'>,
  template: Pick<StubTemplate, 'states' | 'initialState'> | undefined,
): Problem | undefined {
  if (!template) {
    const message = `The template "${name}" is not loaded, so no action can run on this stub. Earlier requests for it wait. Put its file back, or correct it if GET /api/templates lists it as refused.`;
    return { code: 'template_unknown', message };
  }
  if (template.states.has(state)) return undefined;
  const states = [...template.states.keys()].join(', ');
  const message = `The stub stands in the state "${state}", which the template "${name}" no longer has. Only base actions can run: _update with data.state moves it to one of ${states}; _reopen leads to "${template.initialState}".`;
  return { code: 'state_unknown', message };
}
