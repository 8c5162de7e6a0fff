import { inject, injectable } from 'inversify';
import { nearest, type Remark, TemplateCheck, type TemplateOutline } from '../../../core/index.js';
import { WhatsAppConfig } from '../profile.js';
import { formsOf, isOurs, meets, unknownCommand, unknownProfile } from './event-paths.js';

/** A registration for WhatsApp's events that none of them can reach. */
@injectable()
export class EventPathNever implements TemplateCheck {
  readonly id = 'whatsapp-event-path';
  readonly level = 'warning';
  readonly means = 'A registration waits for an event of WhatsApp that never comes';
  readonly help =
    'The paths and their mechanisms stand in the table of routing rules of this plugin’s README. <profile> is a configured one, <command> a listed one.';

  constructor(@inject(WhatsAppConfig) private readonly config: WhatsAppConfig) {}

  check({ registrations }: TemplateOutline): readonly Remark[] {
    return registrations
      .filter(({ pattern }) => isOurs(pattern))
      .flatMap(({ pattern, mechanism, path }): Remark[] => {
        const message = this.problem(pattern);
        if (message !== undefined) return [{ path: [...path, 'path'], message }];
        const emitted = [...new Set(this.reached(pattern).map((form) => form.mechanism))];
        if (emitted.some((each) => each === mechanism) || !['evt', 'cbh'].includes(mechanism)) return [];
        const fix = `These events are emitted as ${emitted[0]}, so a registration with ${mechanism} hears none of them. Write mechanism: ${emitted[0]}.`;
        return [{ path: [...path, 'mechanism'], message: fix }];
      });
  }

  private reached(pattern: string) {
    return Object.keys(this.config.profiles)
      .flatMap(formsOf)
      .filter((form) => meets(pattern, form.path));
  }

  private problem(pattern: string): string | undefined {
    const names = Object.keys(this.config.profiles);
    const profile = unknownProfile(pattern, this.config);
    if (profile !== undefined) {
      const near = nearest(profile, names);
      const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
      return `"${pattern}" names the profile "${profile}", which is not configured, so no event has this path.${hint} Profiles: ${names.join(', ')}; # stands for any.`;
    }
    const command = unknownCommand(pattern, this.config);
    if (command !== undefined) {
      const listed = Object.values(this.config.profiles).flatMap(({ commands }) =>
        commands.enabled ? Object.keys(commands.list) : [],
      );
      const near = nearest(command, listed);
      const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
      return `"/${command}" is no command of this profile, so no event has this path.${hint} Commands: ${listed.join(', ') || '(none enabled)'}. Add it to commands.list of the profile, or correct the path.`;
    }
    if (this.reached(pattern).length > 0) return undefined;
    const forms = formsOf(names[0] ?? 'main').map(
      ({ path, mechanism }) => `${path.replace('stubber.systems.notifications.whatsapp', '…')} (${mechanism})`,
    );
    return `No event of WhatsApp has a path like "${pattern}". Behind stubber.systems.notifications.whatsapp (…) there are: ${forms.join(', ')}. Take one of them; # stands for one segment.`;
  }
}
