import { inject, injectable } from 'inversify';
import type { Account } from '../accounts/account-book.js';
import type { ChatEntry, StatusBase } from '../chat/chat-entry.js';
import { ChatReader } from '../chat/chat-reader.js';
import { windowOpen } from '../chat/chat-rules.js';
import { ChatStore, type Opened } from '../chat/chat-store.js';
import { ClientBook } from '../chat/client-book.js';
import type { GraphCall } from '../chat/graph-call-log.js';
import { GRAPH_KINDS } from '../fault/fault.js';
import { MediaCheck } from '../media/media-check.js';
import { DIRECT_SEND_SOURCE, madeTemplate } from '../message/check-direct-send.js';
import { type CheckedSend, checkSend } from '../message/check-send.js';
import type { Recipient } from '../message/recipient.js';
import { TemplateCatalogue } from '../message/template-catalogue.js';
import { newWamid } from '../message/wamid.js';
import { statusesOfSend } from '../webhook/status-plan.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import { carriedOut, endedByFault, type GraphAnswer, refusal } from './graph-answer.js';
import { GraphError, invalid } from './graph-error.js';
import type { JsonBody } from './graph-parameters.js';
import { SendLimits } from './send-limits.js';

/** Method and path of the call, as the list of calls shows them. */
export type CallLine = Pick<GraphCall, 'method' | 'path'>;

const WINDOW_CLOSED =
  'Message failed to send because more than 24 hours have passed since the customer last replied to this number.';
/** A message can be reacted to for so long. */
const REACTION_MAX_AGE_MS = 30 * 86_400_000;

/** Meta's answer to a send that it took. By number the contact has a `wa_id`, by user id a `user_id`. */
const accepted = (recipient: Recipient, id: string, type: string, message_status = 'accepted') => ({
  messaging_product: 'whatsapp',
  contacts: [
    recipient.by === 'number'
      ? { input: recipient.input, wa_id: recipient.number }
      : { input: recipient.input, user_id: recipient.userId },
  ],
  messages: [{ id, ...(type === 'template' && { message_status }) }],
});

/** Sends as Meta does: checks, faults, window and limits, then the chat entry and its statuses in one commit. */
@injectable()
export class MessageSender {
  constructor(
    @inject(ChatStore) private readonly store: ChatStore,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(TemplateCatalogue) private readonly templates: TemplateCatalogue,
    @inject(MediaCheck) private readonly media: MediaCheck,
    @inject(SendLimits) private readonly limits: SendLimits,
    @inject(WebhookPump) private readonly pump: WebhookPump,
  ) {}

  async send(account: Account, body: JsonBody, line: CallLine): Promise<GraphAnswer> {
    const send = await checkSend(body, account.displayPhoneNumber, this.templates.of(account.wabaId));
    const { freeForm, media, reactsTo } = send.message;
    const unfit = await this.media.check(account, media);
    const client = await this.book.addressed(send.recipient);
    const opened = await this.store.open(account, client, GRAPH_KINDS);
    const { struck } = opened;
    const ended = endedByFault(struck);
    if (ended) return ended;
    if (reactsTo !== undefined) await this.checkReaction(opened, reactsTo);
    if (freeForm && !windowOpen(opened.lastMessageMs, opened.nowMs))
      return refusal(new GraphError(131047, WINDOW_CLOSED), struck);
    const over = await this.limits.admit(account, client);
    if (over) return refusal(over, struck);
    return this.carryOut(opened, send, line, unfit ?? (await this.failureOf(opened, send)));
  }

  /** Finds errors that fail a message only after it was accepted, except those of files. Direct Send first makes its template. */
  private async failureOf(
    { account, person }: Opened,
    { identityKeyHash, directSend, message }: CheckedSend,
  ): Promise<GraphError | undefined> {
    if (identityKeyHash !== undefined && identityKeyHash !== person.identityKeyHash)
      return new GraphError(137000, 'The identity key of the recipient is not the one with this hash any more.');
    const name = directSend?.templateName;
    if (directSend && name === undefined) await this.templates.put(account.wabaId, madeTemplate(message, directSend)); // the same one if it exists already
    if (name === undefined) return undefined;
    const made = (await this.templates.all(account.wabaId)).some(
      (template) => template.name === name && template.source === DIRECT_SEND_SOURCE,
    );
    return made ? undefined : new GraphError(132021, `Direct Send has made no template with the name ${name}.`);
  }

  /** `unfit`: an error that Meta finds only later, so the message fails after it was accepted. */
  private async carryOut(
    opened: Opened,
    send: CheckedSend,
    line: CallLine,
    unfit: GraphError | undefined,
  ): Promise<GraphAnswer> {
    const { account, client, nowMs, struck } = opened;
    const { message, payload, recipient } = send;
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
      payload,
    };
    const base: StatusBase = {
      id,
      phoneNumberId: number,
      category: message.category,
      ...(send.callbackData !== undefined && { callbackData: send.callbackData }),
      ...(recipient.by === 'number' && { recipientNumber: recipient.number }),
    };
    const asked = struck.fail_status && new GraphError(struck.fail_status.code, 'A fault asked for this code.');
    const failed = asked ?? unfit;
    const answer = carriedOut(accepted(recipient, id, message.type, struck.hold_template?.message_status), struck);
    const request: GraphCall = {
      at,
      ...line,
      body: payload,
      profile: account.profile,
      client,
      status: answer.dropped ? 0 : answer.status,
      answer: answer.body,
    };
    const isReaction = message.type === 'reaction'; // Meta says no more of one than that it was sent
    const statuses = statusesOfSend(opened, base, failed?.asStatus());
    await this.store.commit(opened, {
      entry,
      status: failed ? 'failed' : isReaction ? 'sent' : 'delivered',
      ...(!failed && !isReaction && { unread: base }),
      request,
      fields: { [`typing:${number}`]: 0 },
      webhooks: isReaction ? statuses.filter(({ status }) => status !== 'delivered') : statuses,
    });
    this.pump.nudge();
    return answer;
  }

  /** The message must be one of this chat, not too old, and no reaction itself. */
  private async checkReaction({ account, client, nowMs }: Opened, messageId: string): Promise<void> {
    const about = await this.reader.entry(client, messageId);
    if (!about || about.profile !== account.profile)
      throw invalid("reaction['message_id']: is not the id of a message of this chat.");
    if (about.type === 'reaction') throw invalid("reaction['message_id']: is the id of a reaction.");
    if (nowMs - Date.parse(about.at) > REACTION_MAX_AGE_MS)
      throw invalid("reaction['message_id']: the message is more than 30 days old.");
  }
}
