import { command } from './command-rule.js';
import { nextreply } from './nextreply-rule.js';
import { referredMessage } from './referred-message-rule.js';
import type { Routed, RoutingInput, RoutingRule } from './routing-rule.js';
import { specificReply } from './specific-reply-rule.js';
import { stubsession } from './stubsession-rule.js';
import { unsolicited } from './unsolicited-rule.js';

/** After rule 1 (a tap on an interaction request, which is no message to route), in this order; the first that applies wins. */
export const RULES: readonly RoutingRule[] = [command, specificReply, nextreply, stubsession, unsolicited];

/** What is no word of the client's own. */
const ASIDE_RULES: readonly RoutingRule[] = [referredMessage, stubsession, { name: 'recorded', apply: () => ({}) }];

export interface RoutingDecision {
  readonly rule: string;
  readonly routed: Routed;
  /** Each rule tried and why it did not apply: "why did it land here". */
  readonly passed: readonly { readonly rule: string; readonly why: string }[];
}

export function route(input: RoutingInput): RoutingDecision {
  const passed: { rule: string; why: string }[] = [];
  for (const { name, apply } of input.isAside ? ASIDE_RULES : RULES) {
    const routed = apply(input);
    if (typeof routed !== 'string') return { rule: name, routed, passed };
    passed.push({ rule: name, why: routed });
  }
  throw new Error('the last rule applies to every message');
}
