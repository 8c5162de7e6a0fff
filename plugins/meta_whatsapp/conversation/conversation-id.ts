import { type Profile, profileOf, type WhatsAppConfig } from '../profile.js';

/** An actor's id `<profile>:<client>` in its parts. Throws where the profile is not configured (any more). */
export function partsOf(
  config: WhatsAppConfig,
  id: string,
): { readonly name: string; readonly profile: Profile; readonly client: string } {
  const at = id.indexOf(':');
  const name = id.slice(0, at);
  const profile = profileOf(config, name);
  if (!profile)
    throw new Error(
      `A conversation is of the profile "${name}", which is not configured. Profiles: ${Object.keys(config.profiles).join(', ')}.`,
    );
  return { name, profile, client: clientOfId(id) };
}

/** The client in an actor's id `<profile>:<client>`. */
export const clientOfId = (id: string): string => id.slice(id.indexOf(':') + 1);

/** Whether the profile of an actor's id is there (still). */
export const isConfigured = (config: WhatsAppConfig, id: string): boolean =>
  profileOf(config, id.slice(0, id.indexOf(':'))) !== undefined;
