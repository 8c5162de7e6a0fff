import { inject, injectable } from 'inversify';
import { StubwireError } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { CLIENT_KINDS } from '../fault/fault.js';
import { buttonNamed, type TapButton } from '../message/checked-message.js';
import { newWamid } from '../message/wamid.js';
import { statusesOfRead, statusOfPlay } from '../webhook/status-plan.js';
import { messageWebhook, unixSeconds } from '../webhook/webhook-body.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import type { NewWebhook } from '../webhook/webhook-way.js';
import type { ChatEntry, ChatMessage } from './chat-entry.js';
import { ChatReader } from './chat-reader.js';
import { ChatStore, type Opened } from './chat-store.js';
import { type ClientContent, contentOf, contextOf, tapContent } from './client-content.js';
import { ClientMedia } from './client-media.js';
import type { ClientWrite } from './client-write.js';
import { sender } from './person.js';

const refuse = (message: string): never => {
  throw new StubwireError('validation_failed', message);
};

/** Notes of Meta's and deletions do not open the service window. */
const opensWindow = (type: string): boolean => type !== 'system' && type !== 'revoke';

/** Acts as a client: writes, taps, quotes, reads. What the business has sent counts as read before the client writes. */
@injectable()
export class ClientPhone {
  constructor(
    @inject(ChatStore) private readonly store: ChatStore,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(ClientMedia) private readonly media: ClientMedia,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(WebhookPump) private readonly pump: WebhookPump,
  ) {}

  async write(client: string, write: ClientWrite): Promise<ChatMessage> {
    const quoted = write.reply_to === undefined ? undefined : await this.quoted(client, write.reply_to);
    const tap = write.tap === undefined ? undefined : await this.tap(client, write.tap, quoted, write.profile);
    const answered = tap?.about ?? quoted;
    const changed = await this.changed(client, write);
    const account = await this.accountFor(client, write.profile, answered ?? changed);
    const opened = await this.store.open(account, client, CLIENT_KINDS);
    const renamed = write.name === undefined ? opened : { ...opened, person: { ...opened.person, name: write.name } };
    if (write.contact_info && renamed.person.number === undefined)
      refuse('contact_info: this client has no number to share.');
    const content = tap
      ? tapContent(tap.about, tap.button)
      : write.media
        ? await this.media.contentOf(account, write.media)
        : contentOf(write, renamed.person, opened.nowMs, changed);
    return this.commit(renamed, write, content, answered);
  }

  /** The client looks at the chat: everything delivered is read. */
  async openChat(client: string): Promise<void> {
    for (const account of this.accounts.all) {
      const opened = await this.store.open(account, client, ' hold_statuses ');
      if (opened.unread.length > 0) await this.store.commit(opened, { webhooks: statusesOfRead(opened) });
    }
    this.pump.nudge();
  }

  /** The client listens to a voice message of the business: it is read, then `played`. */
  async play(client: string, messageId: string): Promise<void> {
    const entry = await this.reader.entry(client, messageId);
    if (entry?.direction !== 'to_client' || entry.type !== 'audio')
      return refuse(`message_id: the chat holds no audio to the client with the id "${messageId}".`);
    await this.openChat(client);
    const opened = await this.store.open(this.accountNamed(entry.profile), client, CLIENT_KINDS);
    const { to, biz_opaque_callback_data: callbackData } = entry.payload;
    await this.store.commit(opened, {
      webhooks: [
        statusOfPlay(opened, {
          id: entry.id,
          phoneNumberId: opened.account.phoneNumberId,
          category: 'service',
          ...(typeof callbackData === 'string' && { callbackData }),
          ...(to !== undefined && opened.person.number !== undefined && { recipientNumber: opened.person.number }),
        }),
      ],
    });
    this.pump.nudge();
  }

  private async commit(
    opened: Opened,
    write: ClientWrite,
    { type, body, text }: ClientContent,
    about?: ChatEntry,
  ): Promise<ChatMessage> {
    const { account, client, person, nowMs, announceLater } = opened;
    const context = contextOf(write, person, account.displayPhoneNumber, about);
    const id = newWamid(client, 'from_client');
    const payload = {
      ...(context && { context }),
      ...sender(person),
      id,
      timestamp: unixSeconds(nowMs),
      type,
      ...body,
      ...(write.referral && { referral: write.referral }),
      ...write.raw,
    };
    const shownType = String(write.raw?.type ?? type);
    const at = new Date(nowMs).toISOString();
    const { profile, phoneNumberId } = account;
    const entry: ChatEntry = { id, direction: 'from_client', profile, type: shownType, text, buttons: [], at, payload };
    const later: readonly NewWebhook[] = announceLater.map((told) => ({ kind: 'message', body: told }));
    await this.store.commit(opened, {
      entry,
      status: 'sent',
      fields: {
        name: person.name,
        ...(opensWindow(shownType) && { [`from:${phoneNumberId}`]: nowMs }),
        ...(later.length > 0 && { [`announce:${phoneNumberId}`]: '' }),
      },
      webhooks: [
        ...(shownType === 'system' ? [] : statusesOfRead(opened)),
        { kind: 'message', messageId: entry.id, body: messageWebhook(account, person, payload) },
        ...later,
      ],
    });
    this.pump.nudge();
    return { ...entry, status: 'sent' };
  }

  private async quoted(client: string, id: string): Promise<ChatEntry> {
    const entry = await this.reader.entry(client, id);
    return entry ?? refuse(`reply_to: the chat holds no message "${id}".`);
  }

  /** The message that a reaction, an edit or a deletion is about; one that the chat does not hold is let through. */
  private async changed(client: string, { reaction, edit, revoke }: ClientWrite): Promise<ChatEntry | undefined> {
    const id = (reaction ?? edit ?? revoke)?.message_id;
    return id === undefined ? undefined : this.reader.entry(client, id);
  }

  /** A tap on the message that is named, else on the newest that has such a button. */
  private async tap(
    client: string,
    tap: string,
    on?: ChatEntry,
    profile?: string,
  ): Promise<{ readonly about: ChatEntry; readonly button: TapButton }> {
    const there = on ? [on] : await this.reader.chat(client);
    const tappable = there.filter(
      (entry) => entry.direction === 'to_client' && (profile === undefined || entry.profile === profile),
    );
    const about = tappable.findLast(({ buttons }) => buttonNamed(buttons, tap));
    const button = about && buttonNamed(about.buttons, tap);
    if (about && button) return { about, button };
    const titles = [...new Set(tappable.flatMap(({ buttons }) => buttons.map(({ title }) => title)))];
    const offered = titles.length > 0 ? `There are: ${titles.join(', ')}.` : 'There are no buttons to tap.';
    return refuse(`tap: the chat has no button "${tap}". ${offered}`);
  }

  private accountNamed(profile: string): Account {
    const played = this.accounts.all.map((account) => account.profile).join(', ') || 'none';
    const account = this.accounts.ofProfile(profile);
    return account ?? refuse(`profile: "${profile}" is not played here. There are: ${played}.`);
  }

  private async accountFor(client: string, profile?: string, about?: ChatEntry): Promise<Account> {
    const wanted = profile ?? about?.profile;
    if (wanted !== undefined) return this.accountNamed(wanted);
    const only = this.accounts.all.length < 2 ? this.accounts.all[0] : undefined;
    const newest = only ? undefined : (await this.reader.newest(client))?.profile;
    const account = only ?? (newest && this.accounts.ofProfile(newest)) ?? this.accounts.all[0];
    return account || refuse('No WhatsApp profile is played by the emulator: give one `graph_url: emulator`.');
  }
}
