import { inject, injectable } from 'inversify';
import type { Account } from '../accounts/account-book.js';
import type { ChatEntry, StatusBase } from '../chat/chat-entry.js';
import { ChatReader } from '../chat/chat-reader.js';
import { pairLimitAfter, windowOpen } from '../chat/chat-rules.js';
import { ChatStore, type Opened } from '../chat/chat-store.js';
import type { GraphCall } from '../chat/graph-call-log.js';
import { EmulatorConfig } from '../emulator-config.js';
import { GRAPH_KINDS } from '../fault/fault.js';
import { type CheckedSend, checkSend, type JsonBody } from '../message/check-send.js';
import type { Recipient } from '../message/recipient.js';
import { TemplateCatalogue } from '../message/template-catalogue.js';
import { newWamid } from '../message/wamid.js';
import { statusesOfSend } from '../webhook/status-plan.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import { carriedOut, endedByFault, type GraphAnswer, refusal } from './graph-answer.js';
import { GraphError } from './graph-error.js';

/** Method and path of the call, as the list of calls shows them. */
export type CallLine = Pick<GraphCall, 'method' | 'path'>;

const WINDOW_CLOSED =
  'Message failed to send because more than 24 hours have passed since the customer last replied to this number.';
const PAIR_LIMIT = 'Too many messages were sent from this number to the same number in a short period of time.';

/** Meta's answer to a send that it took. By number the contact has a `wa_id`, by user id a `user_id`. */
const accepted = (recipient: Recipient, id: string, type: string) => ({
  messaging_product: 'whatsapp',
  contacts: [
    recipient.by === 'number'
      ? { input: recipient.input, wa_id: recipient.number }
      : { input: recipient.input, user_id: recipient.userId },
  ],
  messages: [{ id, ...(type === 'template' && { message_status: 'accepted' }) }],
});

/** Sends as Meta does: checks, faults, window and limits, then the chat entry and its statuses in one commit. */
@injectable()
export class MessageSender {
  constructor(
    @inject(ChatStore) private readonly store: ChatStore,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(TemplateCatalogue) private readonly templates: TemplateCatalogue,
    @inject(WebhookPump) private readonly pump: WebhookPump,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  async send(account: Account, body: JsonBody, line: CallLine): Promise<GraphAnswer> {
    const send = checkSend(body, account.displayPhoneNumber, this.templates);
    const opened = await this.store.open(account, await this.clientOf(send.recipient), GRAPH_KINDS);
    const { struck } = opened;
    const ended = endedByFault(struck);
    if (ended) return ended;
    if (send.message.freeForm && !windowOpen(opened.lastMessageMs, opened.nowMs))
      return refusal(new GraphError(131047, WINDOW_CLOSED), struck);
    const pairEmptyAtMs = pairLimitAfter(opened.pairEmptyAtMs, opened.nowMs);
    if (this.config.pair_limit && pairEmptyAtMs === undefined)
      return refusal(new GraphError(131056, PAIR_LIMIT), struck);
    return this.carryOut(opened, send, body, line, pairEmptyAtMs);
  }

  private async carryOut(
    opened: Opened,
    send: CheckedSend,
    body: JsonBody,
    line: CallLine,
    pairEmptyAtMs: number | undefined,
  ): Promise<GraphAnswer> {
    const { account, client, nowMs, name, struck } = opened;
    const { message, recipient } = send;
    const number = account.phoneNumberId;
    const at = new Date(nowMs).toISOString();
    const id = newWamid(client, 'to_client');
    const entry: ChatEntry = {
      id,
      direction: 'to_client',
      profile: account.profile,
      type: message.type,
      text: message.text,
      buttons: message.buttons,
      at,
      payload: body,
    };
    const base: StatusBase = {
      id,
      phoneNumberId: number,
      category: message.category,
      ...(send.callbackData !== undefined && { callbackData: send.callbackData }),
      ...(recipient.by === 'number' && { recipientNumber: recipient.number }),
    };
    const failed = struck.fail_status && new GraphError(struck.fail_status.code, 'A fault asked for this code.');
    const answer = carriedOut(accepted(recipient, id, message.type), struck);
    const request: GraphCall = {
      at,
      ...line,
      body,
      profile: account.profile,
      client,
      status: answer.dropped ? 0 : answer.status,
      answer: answer.body,
    };
    await this.store.commit(opened, {
      entry,
      status: failed ? 'failed' : 'delivered',
      ...(!failed && { unread: base }),
      request,
      fields: { [`typing:${number}`]: 0, ...(this.config.pair_limit && { [`pair:${number}`]: pairEmptyAtMs ?? 0 }) },
      webhooks: statusesOfSend({ account, client, name, base, atMs: nowMs }, failed?.asStatus()),
    });
    this.pump.nudge();
    return answer;
  }

  private async clientOf(recipient: Recipient): Promise<string> {
    if (recipient.by === 'number') return recipient.number;
    const client = await this.reader.resolve(recipient.userId);
    if (!client) throw new GraphError(131026, 'Message undeliverable: no client here has this user id.');
    return client;
  }
}
