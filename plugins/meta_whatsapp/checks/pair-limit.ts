import type { Remark, TemplateCheck } from '../../../core/index.js';
import { writtenMessages } from './whatsapp-settings.js';

/** Meta lets one number write to one person about ten times a minute, and lends a burst that is paid back by waiting. */
const MOST_AT_ONCE = 6;

/** https://developers.facebook.com/docs/whatsapp/cloud-api/overview#pair-rate-limits */
export const pairLimit: TemplateCheck = {
  id: 'whatsapp-pair-limit',
  level: 'warning',
  means: 'One run sends more messages to one person than WhatsApp takes at once',
  help: 'WhatsApp takes one message every 6 seconds to the same person; a burst is lent, and paid back by waiting. Join texts to one message (4096 characters), or use a list. Notifications with conditions are not counted: they may exclude each other.',
  check: ({ actions }) =>
    actions.flatMap((action): Remark[] => {
      const sent = writtenMessages(action).filter(({ notification }) => notification.conditions.length === 0);
      const recipients = sent.flatMap(({ notification }) =>
        notification.recipients.map(({ type, value }) => ({ key: `${type} ${value}`, path: notification.path })),
      );
      return [...new Set(recipients.map(({ key }) => key))].flatMap((key): Remark[] => {
        const all = recipients.filter((recipient) => recipient.key === key);
        const over = all[MOST_AT_ONCE];
        if (over === undefined) return [];
        const message = `"${action.name}" sends ${all.length} messages to ${key} in one run; from the ${MOST_AT_ONCE + 1}th on WhatsApp's pair limit (one message every 6 seconds to the same person) makes them wait. Join texts to one message, or send a list.`;
        return [{ path: over.path, at: 'key', message }];
      });
    }),
};
