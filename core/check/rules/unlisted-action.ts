import { listed } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import { runsEverywhere } from '../state-graph.js';

export const unlistedAction: TemplateCheck = {
  id: 'unlisted-action',
  level: 'warning',
  means: 'No state lists the action, so it can never run',
  help: 'Name the action under actions: of each state in which it may run. Base actions, feedback actions and names that begin with _ run in every state.',
  check(template, around) {
    const inStates = new Set(template.states.flatMap(({ actions }) => actions.map(({ name }) => name)));
    return template.actions
      .filter(({ name }) => !inStates.has(name) && !runsEverywhere(name, around))
      .map(({ name, path }) => ({
        path,
        at: 'key',
        message: `No state lists the action "${name}", so every run of it is refused. Add it to the actions of a state (there are: ${listed(template.states.map((state) => state.name))}), or remove it.`,
      }));
  },
};
