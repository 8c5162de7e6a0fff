import { incomingPath, type RoutingRule } from './routing-rule.js';

/** Rule 6: nobody waits for it. Whoever registered for the client's messages may take it; else it stands in the inbox. */
export const unsolicited: RoutingRule = {
  name: 'unsolicited',
  apply: ({ profile, from }) => ({ event: { paths: [incomingPath(profile, 'from', from)], mechanism: 'cbh' } }),
};
