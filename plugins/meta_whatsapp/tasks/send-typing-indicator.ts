import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { Problem, TaskInput, TaskResult, TaskType } from '../../../core/index.js';
import { GraphClient } from '../graph-client.js';
import { graphProblem } from '../graph-problem.js';
import { WhatsAppConfig } from '../profile.js';
import { profileName } from './task-params.js';

/** The stub's turn waits for it, so it is short: a client who sees no "typing…" misses little. */
const CALL_MS = 4_000;
const MAX_MESSAGES = 20;

const paramsFor = (config: WhatsAppConfig) =>
  z
    .strictObject({
      platform: z.literal('whatsapp').describe('The one platform with a typing indicator'),
      whatsapp: z
        .strictObject({
          message_ids: z
            .array(z.string().min(1).max(500))
            .min(1)
            .max(MAX_MESSAGES)
            .describe('Messages of clients: [~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id]'),
          whatsapp_profile_name: profileName(config),
        })
        .describe('For which messages'),
    })
    .describe('Shows “typing…” to the clients who sent these messages, and marks the messages read');

type Params = z.output<ReturnType<typeof paramsFor>>;

/**
 * `send_typing_indicator`: shows "typing…" to the clients who sent these messages, until we write or 25 s have passed; it
 * also marks the messages read. Called in the stub's turn, so it shows before the run is committed; a repeat shows it
 * again and does no harm. https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators
 */
@injectable()
export class SendTypingIndicator implements TaskType<Params> {
  readonly tasktype = 'send_typing_indicator';
  readonly params: ReturnType<typeof paramsFor>;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
  ) {
    this.params = paramsFor(config);
  }

  async run({ params: { whatsapp }, dryRun }: TaskInput<Params>): Promise<TaskResult> {
    const profile = whatsapp.whatsapp_profile_name ?? this.config.default_profile;
    const ids = [...new Set(whatsapp.message_ids)];
    if (dryRun) return { success: true, payload: ids.map((message_id) => ({ message_id })) };
    const problems = await Promise.all(ids.map((id) => this.show(profile, id)));
    const failed = problems.filter((problem) => problem !== undefined);
    if (failed.length === 0) return { success: true, payload: ids.map((message_id) => ({ message_id })) };
    const [first] = failed as [Problem];
    const message = `${failed.length} of ${ids.length} messages: ${first.message}`;
    return { success: false, error: { ...first, message } };
  }

  private async show(name: string, message_id: string): Promise<Problem | undefined> {
    const profile = this.config.profiles[name]!;
    const answer = await this.graph.call(name, {
      method: 'POST',
      target: 'read_mark',
      path: `${profile.phone_number_id}/messages`,
      body: { messaging_product: 'whatsapp', status: 'read', message_id, typing_indicator: { type: 'text' } },
      timeoutMs: CALL_MS,
    });
    return answer.ok ? undefined : graphProblem(answer);
  }
}
