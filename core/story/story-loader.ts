import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { loadYaml } from '../config/load-yaml.js';
import { inOrder, shownFile } from '../config/problem.js';
import type { YamlDocument } from '../config/yaml-document.js';
import { StubwireError } from '../errors.js';
import { SAMPLE } from './sample-file.js';
import type { Story } from './story.js';
import { storyForm } from './story-form.js';
import { type KnownTemplate, nameProblems } from './story-names.js';
import { toStory } from './to-story.js';

export interface LoadedStories {
  readonly stories: readonly Story[];
  readonly problems: readonly StubwireError[];
}

/** Reads the stories of a file, one a document. All that is wrong is found at once, names of templates, actions and states too. */
export function loadStories(file: string, templates: ReadonlyMap<string, KnownTemplate>): LoadedStories {
  const { documents, problems: unread } = loadYaml(file);
  const problems = [...unread];
  const stories: Story[] = [];
  if (documents.length === 0 && unread.length === 0) {
    const message = `${file} has no story in it. Begin with the keys story and steps, or delete the file.`;
    problems.push(new StubwireError('value_invalid', message, { place: { file } }));
  }
  for (const document of documents) {
    const contacts = document.keys(['contacts']);
    const checked = document.check(storyForm(contacts));
    if (!checked.ok) {
      problems.push(...checked.problems);
      continue;
    }
    const story = toStory(document, checked.value, templateName(document));
    const wrong = [...nameProblems(story, document, templates), ...missingFiles(story)];
    problems.push(...wrong, ...sameName(story, stories, document));
    if (wrong.length === 0 && !document.isBroken) stories.push(story);
  }
  return { stories, problems: inOrder(problems) };
}

/** `parcel.test.yaml` is about the template `parcel`, and `parcel.refused.test.yaml` too. */
const templateName = ({ file }: YamlDocument): string => basename(file).split('.')[0]!;

/** Files that steps send and that are not there. */
function missingFiles({ steps }: Story): StubwireError[] {
  return steps.flatMap(({ deed, place }) => {
    const inAction = deed.do === 'action' ? Object.values(deed.files).flat() : [];
    const sent = deed.do === 'client' && deed.deed.do === 'send' ? [deed.deed.file.path] : [];
    const missing = [...inAction, ...sent].filter((path) => path !== SAMPLE && !existsSync(path));
    return missing.map((path) => {
      const message = `There is no file ${shownFile(path)}. Put it there, or write "${SAMPLE}" for a small one that stands for any.`;
      return new StubwireError('file_unreadable', message, { place: place() });
    });
  });
}

function sameName(story: Story, others: readonly Story[], document: YamlDocument): StubwireError[] {
  if (!others.some(({ name }) => name === story.name)) return [];
  const message = `The story "${story.name}" stands in this file already. Say what is different about this one.`;
  return [document.problem('value_invalid', message, ['story'])];
}
