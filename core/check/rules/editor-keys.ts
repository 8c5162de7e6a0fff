import type { TemplateCheck } from '../../contract/template-check.js';
import { ignoredKeysLine } from '../../template/ignored-keys.js';

export const editorKeys: TemplateCheck = {
  id: 'editor-keys',
  level: 'info',
  means: 'Keys of the platform’s editor are ignored',
  help: 'Nothing needs to be done: they say nothing about what the template does.',
  takesBroken: true,
  check({ ignoredKeys }) {
    const message = ignoredKeysLine(ignoredKeys.map(({ name }) => name));
    return message === undefined ? [] : [{ path: ignoredKeys[0]!.path, at: 'key', message }];
  },
};
