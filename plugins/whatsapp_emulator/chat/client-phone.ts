import { inject, injectable } from 'inversify';
import { StubwireError } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { CLIENT_KINDS } from '../fault/fault.js';
import { buttonNamed } from '../message/checked-message.js';
import { statusesOfRead } from '../webhook/status-plan.js';
import { messageWebhook } from '../webhook/webhook-body.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import type { ChatEntry, ChatMessage } from './chat-entry.js';
import { ChatReader } from './chat-reader.js';
import { ChatStore } from './chat-store.js';
import { type ClientMove, clientEntry } from './client-message.js';

/** What the API takes as a client's message. */
export interface ClientWrite {
  readonly text?: string;
  readonly tap?: string;
  /** The message that is quoted, or whose button is tapped. */
  readonly reply_to?: string;
  /** Which business number is written to. Default: the one of the message answered, else of the newest in the chat. */
  readonly profile?: string;
  /** The client's own name from now on. */
  readonly name?: string;
}

const refuse = (message: string): never => {
  throw new StubwireError('validation_failed', message);
};

/** Acts as a client: writes, taps, quotes, reads. What the business has sent counts as read before the client writes. */
@injectable()
export class ClientPhone {
  constructor(
    @inject(ChatStore) private readonly store: ChatStore,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(WebhookPump) private readonly pump: WebhookPump,
  ) {}

  async write(client: string, write: ClientWrite): Promise<ChatMessage> {
    const quoted = write.reply_to === undefined ? undefined : await this.quoted(client, write.reply_to);
    const move =
      write.tap === undefined
        ? ({ kind: 'text', text: write.text ?? refuse('Give text or tap.'), ...(quoted && { about: quoted }) } as const)
        : await this.tap(client, write.tap, quoted, write.profile);
    const account = await this.accountFor(client, write.profile, move.about);
    return this.commit(account, client, move, write.name);
  }

  /** The client looks at the chat: everything delivered is read. */
  async openChat(client: string): Promise<void> {
    for (const account of this.accounts.all) {
      const opened = await this.store.open(account, client, ' hold_statuses ');
      const { name, nowMs, unread } = opened;
      if (unread.length === 0) continue;
      await this.store.commit(opened, { webhooks: statusesOfRead(unread, { account, client, name, atMs: nowMs }) });
    }
    this.pump.nudge();
  }

  private async commit(account: Account, client: string, move: ClientMove, newName?: string): Promise<ChatMessage> {
    const opened = await this.store.open(account, client, CLIENT_KINDS);
    const { nowMs, unread } = opened;
    const name = newName ?? opened.name;
    const entry = clientEntry(account, client, nowMs, move);
    const body = messageWebhook(account, client, name, entry.payload);
    await this.store.commit(opened, {
      entry,
      status: 'sent',
      fields: { name, [`from:${account.phoneNumberId}`]: nowMs },
      webhooks: [
        ...statusesOfRead(unread, { account, client, name, atMs: nowMs }),
        { kind: 'message', messageId: entry.id, body },
      ],
    });
    this.pump.nudge();
    return { ...entry, status: 'sent' };
  }

  private async quoted(client: string, id: string): Promise<ChatEntry> {
    const entry = await this.reader.entry(client, id);
    return entry ?? refuse(`reply_to: the chat of ${client} holds no message "${id}".`);
  }

  /** A tap on the message that is named, else on the newest that has such a button. */
  private async tap(client: string, tap: string, on?: ChatEntry, profile?: string): Promise<ClientMove> {
    const there = on ? [on] : await this.reader.chat(client);
    const tappable = there.filter(
      (entry) => entry.direction === 'to_client' && (profile === undefined || entry.profile === profile),
    );
    const about = tappable.findLast(({ buttons }) => buttonNamed(buttons, tap));
    const button = about && buttonNamed(about.buttons, tap);
    if (about && button) return { kind: 'tap', button, about };
    const titles = [...new Set(tappable.flatMap(({ buttons }) => buttons.map(({ title }) => title)))];
    const offered = titles.length > 0 ? `There are: ${titles.join(', ')}.` : 'There are no buttons to tap.';
    return refuse(`tap: the chat of ${client} has no button "${tap}". ${offered}`);
  }

  private async accountFor(client: string, profile?: string, about?: ChatEntry): Promise<Account> {
    const wanted = profile ?? about?.profile;
    const played = this.accounts.all.map((account) => account.profile).join(', ') || 'none';
    if (wanted !== undefined)
      return (
        this.accounts.ofProfile(wanted) ?? refuse(`profile: "${wanted}" is not played here. There are: ${played}.`)
      );
    const only = this.accounts.all.length < 2 ? this.accounts.all[0] : undefined;
    const newest = only ? undefined : (await this.reader.newest(client))?.profile;
    const account = only ?? (newest && this.accounts.ofProfile(newest)) ?? this.accounts.all[0];
    return account || refuse('No WhatsApp profile is played by the emulator: give one `graph_url: emulator`.');
  }
}
