import type { RoutingRule } from './routing-rule.js';

/** A reaction, an edit or a deletion: to the stub whose message it is about, sent by it or received by it. */
export const referredMessage: RoutingRule = {
  name: 'referred message',
  apply({ referred, unknownStubs }) {
    if (!referred) return 'it names no message';
    const { stubref } = referred;
    if (stubref === undefined) return 'the message that it is about is not known here, or is older than 90 days';
    if (unknownStubs.has(stubref)) return `the stub ${stubref} of the message that it is about is not there`;
    return { stub: { stubref } };
  },
};
