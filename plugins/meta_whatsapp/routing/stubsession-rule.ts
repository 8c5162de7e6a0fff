import { incomingPath, type RoutingRule } from './routing-rule.js';

/** Rule 5: a stubsession is open. */
export const stubsession: RoutingRule = {
  name: 'stubsession',
  apply({ profile, conversation, storedAtMs, unknownStubs }) {
    const held = conversation.session;
    if (!held) return 'no stubsession is open';
    if (storedAtMs >= held.untilMs) return `the stubsession of ${held.stubref} had run out when the message came`;
    if (unknownStubs.has(held.stubref))
      return `the stubsession named the stub ${held.stubref}, which does not exist: it was deleted`;
    return {
      event: {
        paths: [incomingPath(profile, 'stubsession', held.stubref)],
        mechanism: 'evt',
        data: { stubref: held.stubref },
      },
      stub: { stubref: held.stubref, feedbackAction: held.feedbackAction },
    };
  },
};
