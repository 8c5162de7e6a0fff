import { incomingPath, type RoutingRule } from './routing-rule.js';

/** Rule 4: a stub asked for the client's next message; it takes this one only. */
export const nextreply: RoutingRule = {
  name: 'nextreply',
  apply({ profile, conversation, storedAtMs, takenAtMs, unknownStubs }) {
    const held = conversation.nextreply;
    if (!held) return 'no nextreply is open';
    if (storedAtMs >= held.untilMs) return `the nextreply of ${held.stubref} had run out when the message came`;
    if (conversation.nextreplySetAtMs > takenAtMs)
      return `the nextreply of ${held.stubref} was opened after the message came`;
    if (unknownStubs.has(held.stubref))
      return `the nextreply named the stub ${held.stubref}, which does not exist: it was deleted`;
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
