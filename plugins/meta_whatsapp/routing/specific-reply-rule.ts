import { encodeSegment } from '../../../core/index.js';
import { incomingPath, type RoutingRule } from './routing-rule.js';

/** Rule 3: quotes, or taps a button of, a message that had `specificreply_uuid`. */
export const specificReply: RoutingRule = {
  name: 'specificreply',
  apply({ profile, from, specificReplyUuid }) {
    if (specificReplyUuid === undefined) return 'it quotes no message that asked for specific replies';
    const uuid = encodeSegment(specificReplyUuid);
    const paths = [
      incomingPath(profile, 'specificreplyuuid', uuid),
      incomingPath(profile, 'from', from, 'specificreplyuuid', uuid),
    ];
    return { event: { paths, mechanism: 'cbh', data: { specificreply_uuid: specificReplyUuid } } };
  },
};
