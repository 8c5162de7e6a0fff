import { inject, injectable } from 'inversify';
import type { Account } from '../accounts/account-book.js';
import { ChatReader } from '../chat/chat-reader.js';
import { ChatStore } from '../chat/chat-store.js';
import { GRAPH_KINDS } from '../fault/fault.js';
import { checkRead } from '../message/check-send.js';
import { clientOfWamid } from '../message/wamid.js';
import { carriedOut, endedByFault, type GraphAnswer } from './graph-answer.js';
import { invalid } from './graph-error.js';
import type { JsonBody } from './graph-parameters.js';
import type { CallLine } from './message-sender.js';

/** How long "typing…" shows, unless a message comes first. */
const TYPING_MS = 25_000;

/** Marks a client's message read, and all before it; shows "typing…" where asked. */
@injectable()
export class ReadMarker {
  constructor(
    @inject(ChatStore) private readonly store: ChatStore,
    @inject(ChatReader) private readonly reader: ChatReader,
  ) {}

  async mark(account: Account, body: JsonBody, line: CallLine): Promise<GraphAnswer> {
    const { messageId, typing } = checkRead(body);
    const client = clientOfWamid(messageId);
    const entry = client && (await this.reader.entry(client, messageId));
    if (!client || !entry || entry.direction !== 'from_client' || entry.profile !== account.profile)
      throw invalid('message_id: is not the id of a message that this number received.');
    const opened = await this.store.open(account, client, GRAPH_KINDS);
    const ended = endedByFault(opened.struck);
    if (ended) return ended;
    const answer = carriedOut({ success: true }, opened.struck);
    const at = new Date(opened.nowMs).toISOString();
    const { profile, phoneNumberId } = account;
    await this.store.commit(opened, {
      fields: {
        [`seen:${phoneNumberId}`]: Math.max(opened.seenMs ?? 0, Date.parse(entry.at)),
        ...(typing && { [`typing:${phoneNumberId}`]: opened.nowMs + TYPING_MS }),
      },
      request: { at, ...line, body, profile, client, status: answer.dropped ? 0 : answer.status, answer: answer.body },
    });
    return answer;
  }
}
