import { didYouMean, listed } from '../config/nearest.js';
import type { YamlDocument } from '../config/yaml-document.js';
import type { StubwireError } from '../errors.js';
import type { Step, Story } from './story.js';

/** What a story can name of a template. */
export interface KnownTemplate {
  readonly states: readonly string[];
  /** Base and feedback actions too. */
  readonly actions: readonly string[];
}

/** Names of a story that mean nothing: templates, actions, states, contacts. Pure. */
export function nameProblems(
  story: Story,
  document: YamlDocument,
  templates: ReadonlyMap<string, KnownTemplate>,
): StubwireError[] {
  const namesOwn = document.node(['template']) !== undefined;
  if (!templates.has(story.template)) {
    const path = namesOwn ? ['template'] : ['story'];
    const why = namesOwn ? '' : ', for which this file is named. Say which one it is about with "template:"';
    const hint = didYouMean(story.template, templates.keys());
    const message = `There is no template "${story.template}"${why}.${hint} There are: ${listed(templates.keys())}.`;
    return [document.problem('template_unknown', message, path)];
  }
  const lists = Object.entries(story.stub?.contactLists ?? {}).flatMap(([list, names]) =>
    names.map((name, at) => ({ name, path: ['stub', 'contact_lists', list, at] })),
  );
  const makers = story.stub?.as === undefined ? [] : [{ name: story.stub.as, path: ['stub', 'as'] }];
  return [
    ...[...lists, ...makers].flatMap(({ name, path }) => contactProblem(story, document, name, path)),
    ...story.steps.flatMap((step, at) => stepProblems(step, ['steps', at], { story, document, templates })),
  ];
}

interface Around {
  readonly story: Story;
  readonly document: YamlDocument;
  readonly templates: ReadonlyMap<string, KnownTemplate>;
}

function stepProblems({ deed }: Step, path: readonly PropertyKey[], around: Around): StubwireError[] {
  const { story, document, templates } = around;
  if (deed.do !== 'action' && deed.do !== 'expect') return [];
  const named = deed.do === 'action' ? deed.stub : deed.expect.stub;
  const under = deed.do === 'action' ? path : [...path, 'expect'];
  const template = templates.get(named ?? story.template);
  if (!template) {
    const hint = didYouMean(named!, templates.keys());
    const message = `There is no template "${named}".${hint} There are: ${listed(templates.keys())}.`;
    return [document.problem('template_unknown', message, [...under, 'stub'])];
  }
  const { states, actions } = template;
  if (deed.do === 'action') {
    if (actions.includes(deed.action) || deed.refused === 'action_unknown') return [];
    const message = `There is no action "${deed.action}".${didYouMean(deed.action, actions)} There are: ${listed(actions)}.`;
    return [document.problem('action_unknown', message, [...path, 'action'])];
  }
  const { state, contact_lists = {} } = deed.expect;
  const problems = Object.entries(contact_lists).flatMap(([list, names]) =>
    names.flatMap((name, at) => contactProblem(story, document, name, [...under, 'contact_lists', list, at])),
  );
  if (state === undefined || states.includes(state)) return problems;
  const message = `There is no state "${state}".${didYouMean(state, states)} There are: ${listed(states)}.`;
  return [...problems, document.problem('state_unknown', message, [...under, 'state'])];
}

function contactProblem(
  { contacts }: Story,
  document: YamlDocument,
  name: string,
  path: readonly PropertyKey[],
): StubwireError[] {
  if (contacts.has(name)) return [];
  const message = `There is no contact "${name}".${didYouMean(name, contacts.keys())} There are: ${listed(contacts.keys())}.`;
  return [document.problem('value_invalid', message, path)];
}
