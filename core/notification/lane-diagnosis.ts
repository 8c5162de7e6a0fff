import { inject, injectable, multiInject, optional } from 'inversify';
import { Channel } from '../contract/channel.js';
import type { Finding } from '../contract/diagnosis.js';
import { LanePauses, PAUSED_BY_HAND } from './lane-pauses.js';

/** What `stubwire doctor` says of groups of lanes that are paused. Redis must answer. */
@injectable()
export class LaneDiagnosis {
  constructor(
    @inject(LanePauses) private readonly pauses: LanePauses,
    @multiInject(Channel) @optional() private readonly channels: Channel[] = [],
  ) {}

  async run(): Promise<readonly Finding[]> {
    const paused = Object.entries(await this.pauses.all());
    if (paused.length === 0) return [{ level: 'ok', message: 'no sending is paused' }];
    return paused.map(([queue, { since, problem }]): Finding => {
      const found = this.channels
        .flatMap(({ id, lanes }) => lanes.map((group) => ({ id, group })))
        .find(({ group }) => group.queue === queue);
      const level = problem.code === PAUSED_BY_HAND ? 'warning' : 'problem';
      if (!found) {
        const message = `the queue ${queue} has been paused since ${since}, and no channel of this configuration uses it`;
        return { level: 'warning', message, todo: 'Configure its profile again, or cancel its deliveries.' };
      }
      const profile = found.group.profile ?? queue;
      const path = `/api/channels/${encodeURIComponent(found.id)}/profiles/${encodeURIComponent(profile)}/resume`;
      return {
        level,
        message: `${found.id}: the profile "${profile}" has been paused since ${since}: ${problem.message}`,
        todo: `When you have fixed the cause: POST ${path}`,
      };
    });
  }
}
