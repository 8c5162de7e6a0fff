import { encodeSegment } from '../../../core/index.js';
import { incomingPath, type RoutingRule } from './routing-rule.js';

/** Rule 2: `/command argument`, where the profile lists the command. */
export const command: RoutingRule = {
  name: 'command',
  apply({ profile, text, isText, from, commands }) {
    if (commands.length === 0) return 'no commands are enabled on the profile';
    const match = isText ? /^\s*\/(\S{1,32})(?:\s+([\s\S]*))?$/.exec(text) : null;
    if (!match) return 'the message is no command';
    const name = match[1]!.toLowerCase();
    if (!commands.includes(name)) return `the command "${name}" is not listed`;
    const target = (match[2] ?? '').trim();
    const path = incomingPath(profile, 'command', encodeSegment(name), 'target', encodeSegment(target), 'from', from);
    return { event: { paths: [path], mechanism: 'evt', data: { command: name, target } } };
  },
};
