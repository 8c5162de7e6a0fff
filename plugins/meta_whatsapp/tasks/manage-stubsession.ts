import { inject, injectable } from 'inversify';
import { z } from 'zod';
import {
  mobileNumber,
  Org,
  StubStore,
  StubwireError,
  type TaskInput,
  type TaskResult,
  type TaskType,
} from '../../../core/index.js';
import { DEFAULT_FEEDBACK_ACTION } from '../conversation/conversation.js';
import type { OperatorLetter } from '../conversation-operator.js';
import { isUserId } from '../identity/client-id.js';
import { conversationIdOf, WhatsAppConfig } from '../profile.js';
import { profileName } from './task-params.js';

/** E.164 digits, or a user id as it is. Errors: `number_invalid`. */
function clientOf(given: string, org: Org): string {
  const text = given.trim();
  return isUserId(text) ? text : mobileNumber(text, org.default_country);
}

function isClient(given: string, org: Org): true | string {
  try {
    clientOf(given, org);
    return true;
  } catch (error) {
    if (error instanceof StubwireError) return error.message;
    throw error;
  }
}

const paramsFor = (config: WhatsAppConfig, org: Org) =>
  z
    .strictObject({
      platform: z.literal('whatsapp').describe('The one platform with stubsessions'),
      whatsapp: z
        .strictObject({
          operation: z.enum(['set', 'delete']).describe('set: open a stubsession; delete: end the one there is'),
          mobile_number: z
            .string()
            .superRefine((given, context) => {
              const answer = isClient(given, org);
              if (answer !== true) context.addIssue({ code: 'custom', message: answer });
            })
            .describe('The client’s number, as a person writes it; Meta’s user id where the number is hidden'),
          whatsapp_profile_name: profileName(config),
          stubref: z.string().min(1).optional().describe('The stub that gets the messages. Default: this one'),
          set_new_with_timeout_hours: z
            .number()
            .int()
            .min(1)
            .max(8_760)
            .default(24)
            .describe('How many hours it lasts'),
          set_feedback_action: z
            .string()
            .min(1)
            .max(100)
            .optional()
            .describe('The action that the messages run. Default: _update_from_whatsapp'),
        })
        .describe('What to do, and for whom'),
    })
    .describe('Says which stub gets a client’s next messages, or that none does, without sending anything');

type Params = z.output<ReturnType<typeof paramsFor>>;

/**
 * `manage_stubsession`: says which stub gets a client's next messages, or that none does, without sending anything. It
 * takes effect in the conversation's turn, after this run is committed. Error on the task:
 * `unknown_stubref`.
 */
@injectable()
export class ManageStubsession implements TaskType<Params> {
  readonly tasktype = 'manage_stubsession';
  readonly params: ReturnType<typeof paramsFor>;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(Org) private readonly org: Org,
    @inject(StubStore) private readonly stubs: StubStore,
  ) {
    this.params = paramsFor(config, org);
  }

  async run({ params: { whatsapp }, stub, idempotencyKey }: TaskInput<Params>): Promise<TaskResult> {
    const profile = whatsapp.whatsapp_profile_name ?? this.config.default_profile;
    const client = clientOf(whatsapp.mobile_number, this.org);
    const stubref = whatsapp.stubref ?? stub.stubref;
    // The stub itself may be in its very first run, and not stored yet.
    if (whatsapp.operation === 'set' && stubref !== stub.stubref && !(await this.stubs.exists(stubref))) {
      const message = `whatsapp.stubref names the stub "${stubref}", which does not exist. The client's stubsession is as it was.`;
      return { success: false, error: { code: 'unknown_stubref', message } };
    }
    const hours = whatsapp.set_new_with_timeout_hours;
    const feedbackAction = whatsapp.set_feedback_action ?? DEFAULT_FEEDBACK_ACTION;
    const body: OperatorLetter =
      whatsapp.operation === 'set'
        ? { type: 'operator', verb: 'set_session', stubref, hours, feedbackAction }
        : { type: 'operator', verb: 'end_session' };
    const tell = { to: { kind: 'conversation', id: conversationIdOf(profile, client) }, id: idempotencyKey, body };
    const payload = { operation: whatsapp.operation, whatsapp_profile_name: profile, mobile_number: client };
    return {
      success: true,
      payload: whatsapp.operation === 'set' ? { ...payload, stubref, hours, feedback_action: feedbackAction } : payload,
      tells: [tell],
    };
  }
}
