import type { OutlineAction, Remark, TemplateCheck, TemplateOutline } from '../../../core/index.js';
import { messageType } from '../messages/message-types.js';
import { INCOMING } from './event-paths.js';
import { isLiteral, type WrittenMessage, writtenMessages } from './whatsapp-settings.js';

const WINDOW_MINUTES = 24 * 60;
const TIMED = 'set_timer';
const MINUTES: readonly (readonly [key: string, minutes: number])[] = [
  ['after_seconds', 1 / 60],
  ['after_minutes', 1],
  ['after_hours', 60],
  ['after_days', WINDOW_MINUTES],
];

function needsWindow({ type, params }: WrittenMessage): boolean {
  const needsNone = messageType(type)?.needsNoWindow;
  return needsNone !== undefined && !(typeof needsNone === 'function' ? needsNone(params) : needsNone);
}

const isIncoming = (pattern: string): boolean => pattern.startsWith(`${INCOMING}.`);

/** Why nobody can have written in the last 24 hours when this action runs; undefined where somebody may have. */
function whyClosed({ name }: OutlineAction, { actions, registrations }: TemplateOutline): string | undefined {
  if (name === '_create') {
    const byClient = registrations.some(({ pattern, createStub }) => createStub !== undefined && isIncoming(pattern));
    return byClient ? undefined : 'a stub of this template is not made by a message of the client';
  }
  const timer = actions
    .flatMap(({ tasks }) => tasks)
    .find(({ tasktype, params }) => {
      const minutes = MINUTES.reduce((sum, [key, each]) => sum + Number(params[key] ?? 0) * each, 0);
      return tasktype === TIMED && params['action_name'] === name && minutes >= WINDOW_MINUTES;
    });
  if (timer !== undefined) return `the task "${timer.name}" runs this action a day later or more`;
  const event = registrations.find(
    ({ pattern, triggerStubaction }) =>
      triggerStubaction?.['action_name'] === name && !isIncoming(pattern) && isLiteral(pattern),
  );
  return event && `the registration "${event.name}" runs this action by an event that is no message of the client`;
}

export const waitsForConsent: TemplateCheck = {
  id: 'whatsapp-waits-for-consent',
  level: 'info',
  means: 'A message is likely to wait for the client’s consent',
  help: 'WhatsApp takes such a message only within 24 hours of the client’s last one. Otherwise it waits in the stash behind an interaction request until the client allows it. A WhatsApp template (message_type: template) arrives at once.',
  check: (template) =>
    template.actions.flatMap((action): Remark[] => {
      const why = whyClosed(action, template);
      if (why === undefined) return [];
      return writtenMessages(action)
        .filter(needsWindow)
        .map(({ type, path }) => ({
          path: [...path, 'message_type'],
          message: `A message of type ${type} arrives only within 24 hours of the client's last one, and ${why}. Where no window is open it waits behind an interaction request until the client allows it. To arrive at once: message_type: template.`,
        }));
    }),
};
