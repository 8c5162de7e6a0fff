import { incomingPath, type RoutingRule } from './routing-rule.js';

/** Rule 4: a stub asked for the client's next message; it takes this one only. */
export const nextreply: RoutingRule = {
  name: 'nextreply',
  apply({ profile, conversation, storedAtMs }) {
    const held = conversation.nextreply;
    if (!held) return 'no nextreply is open';
    if (storedAtMs >= held.untilMs) return `the nextreply of ${held.stubref} had run out when the message came`;
    return {
      event: {
        paths: [incomingPath(profile, 'nextreply', held.stubref)],
        mechanism: 'evt',
        data: { stubref: held.stubref },
      },
      stub: { stubref: held.stubref, feedbackAction: held.feedbackAction },
      usesUpNextreply: true,
    };
  },
};
