import { inject, injectable } from 'inversify';
import { z } from 'zod';
import {
  Channel,
  type Delivery,
  type DeliveryPlan,
  type DeliveryRequest,
  definePlugin,
  type LaneGroup,
  Logger,
  masked,
  readValue,
  type SendOutcome,
  valueProblem,
} from '../../core/index.js';

const Settings = z
  .strictObject({
    body: z.string().min(1).max(10_000).describe('The text; the log shows how long it is, and no word of it'),
  })
  .describe('A line in the program’s log for each recipient');

/** The reference channel: `platforms.log: { body }` writes a line to the program's log for each recipient, and no text of it. */
@injectable()
export class LogChannel implements Channel {
  readonly id = 'log';
  readonly settings = Settings;
  readonly lanes: readonly LaneGroup[] = [{ queue: 'log-lines', unknownOutcomeWaitMs: 0, unknownOutcomeResends: 1 }];

  constructor(@inject(Logger) private readonly log: Logger) {}

  plan({ settings, recipient }: DeliveryRequest): DeliveryPlan {
    const checked = readValue(Settings, settings);
    if (!checked.success) {
      const message = valueProblem(checked.error, settings, ['platforms', 'log']);
      return { ok: false, problem: { code: 'validation_failed', message } };
    }
    const to = recipient.contact?.contactuuid ?? ('address' in recipient ? recipient.address : '');
    return { ok: true, to, message: { body: checked.data.body }, options: {}, via: { kind: 'log-lines', id: to } };
  }

  async send(delivery: Delivery, attempt: { readonly id: string }): Promise<SendOutcome> {
    const characters = [...String(delivery.message['body'])].length;
    this.log.info({ delivery: delivery.id, to: masked(delivery.to), characters }, 'message sent to the log');
    return { result: 'accepted', providerId: attempt.id };
  }
}

export default definePlugin({
  name: 'log',
  config: z.strictObject({}),
  forStories: (config) => ({ config }), // a line in the log reaches nobody
  contribute: ({ bind }) => {
    bind(Channel).to(LogChannel).inSingletonScope();
  },
});
