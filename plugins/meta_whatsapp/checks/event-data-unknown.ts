import { nearest, type Remark, type TemplateCheck, textReferences } from '../../../core/index.js';
import { INCOMING } from './event-paths.js';

/** The data of an event of an incoming message. */
const KEYS: readonly string[] = [
  'message',
  'from',
  'from_user_id',
  'from_name',
  'identity_key_hash',
  'to',
  'whatsapp_profile_name',
  'whatsapp_body',
  'rule',
  'contactuuid',
  'stubref',
  'command',
  'target',
  'specificreply_uuid',
  'attachments',
];

export const eventDataUnknown: TemplateCheck = {
  id: 'whatsapp-event-data',
  level: 'warning',
  means: 'A registration uses data that an event of WhatsApp does not have',
  help: `An event of an incoming message has: ${KEYS.join(', ')}.`,
  takesBroken: true,
  check: ({ registrations }) =>
    registrations
      .filter(({ pattern }) => pattern.startsWith(`${INCOMING}.`))
      .flatMap(({ texts }) =>
        texts.flatMap(({ text, path }): Remark[] =>
          textReferences(text).flatMap(([root, key]): Remark[] => {
            if (root !== 'heimdall' || key === undefined || KEYS.includes(key)) return [];
            const near = nearest(key, KEYS);
            const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
            const message = `heimdall.${key} leads to nothing: the event of an incoming message has no "${key}".${hint} It has: ${KEYS.join(', ')}.`;
            return [{ path, message }];
          }),
        ),
      ),
};
