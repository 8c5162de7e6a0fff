import { type OutlinePath, type Remark, type TemplateCheck, textReferences } from '../../../core/index.js';
import { writtenMessages } from './whatsapp-settings.js';

const below = (path: OutlinePath, owner: OutlinePath): boolean => owner.every((key, at) => path[at] === key);

export const lidNotEnabled: TemplateCheck = {
  id: 'whatsapp-lid-not-enabled',
  level: 'warning',
  means: 'A message uses {{lid}}, and makes none',
  help: 'Set enable_lids: true beside message_type: then each delivery gets a LID of its own.',
  takesBroken: true,
  check: ({ actions }) =>
    actions.flatMap((action) =>
      writtenMessages(action)
        .filter(({ settings }) => settings['enable_lids'] !== true)
        .flatMap(({ notification, path: owner }): Remark[] =>
          notification.texts
            .filter(({ text, path }) => below(path, owner) && textReferences(text).some(([root]) => root === 'lid'))
            .map(({ path }) => ({
              path,
              message:
                'This message makes no LID, so {{lid}} is filled with nothing. Set enable_lids: true beside message_type.',
            })),
        ),
    ),
};
