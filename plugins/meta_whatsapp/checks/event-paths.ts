import type { WhatsAppConfig } from '../profile.js';

const WHATSAPP = 'stubber.systems.notifications.whatsapp';
export const INCOMING = `${WHATSAPP}.incoming`;

/** A form that event paths of this plugin have; `#` where any segment stands. */
export interface EventForm {
  readonly mechanism: 'evt' | 'cbh';
  readonly path: string;
}

/** Every form of path that is emitted, for a profile. */
export const formsOf = (profile: string): readonly EventForm[] => [
  { mechanism: 'evt', path: `${INCOMING}.${profile}.command.#.target.#.from.#` },
  { mechanism: 'cbh', path: `${INCOMING}.${profile}.specificreplyuuid.#` },
  { mechanism: 'cbh', path: `${INCOMING}.${profile}.from.#.specificreplyuuid.#` },
  { mechanism: 'evt', path: `${INCOMING}.${profile}.nextreply.#` },
  { mechanism: 'evt', path: `${INCOMING}.${profile}.stubsession.#` },
  { mechanism: 'cbh', path: `${INCOMING}.${profile}.from.#` },
  { mechanism: 'evt', path: `${WHATSAPP}.status.${profile}.#.#` },
];

export const isOurs = (pattern: string): boolean => pattern.startsWith(`${WHATSAPP}.`);

/** Can an event of this form be one that the pattern stands for? */
export function meets(pattern: string, form: string): boolean {
  const wanted = pattern.split('.');
  const segments = form.split('.');
  const isDeep = wanted.at(-1) === '*';
  if (isDeep ? segments.length < wanted.length : segments.length !== wanted.length) return false;
  return (isDeep ? wanted.slice(0, -1) : wanted).every(
    (segment, at) => segment === '#' || segments[at] === '#' || segment === segments[at],
  );
}

/** The profile that a pattern names, where it names one that is not configured. */
export function unknownProfile(pattern: string, { profiles }: WhatsAppConfig): string | undefined {
  const profile = pattern.split('.')[5];
  const names = Object.keys(profiles);
  return profile === undefined || ['#', '*', ...names].includes(profile) ? undefined : profile;
}

/** The commands that a pattern can be about, where it names one that no profile lists. */
export function unknownCommand(pattern: string, { profiles }: WhatsAppConfig): string | undefined {
  const [, , , , kind, profile = '', word, command] = pattern.split('.');
  if (kind !== 'incoming' || word !== 'command' || command === undefined || ['#', '*'].includes(command))
    return undefined;
  const asked = Object.entries(profiles).filter(([name]) => profile === '#' || profile === name);
  const isListed = asked.some(([, { commands }]) => commands.enabled && Object.hasOwn(commands.list, command));
  return isListed ? undefined : command;
}
