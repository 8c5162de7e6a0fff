import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { Clock, RedisConnection, StubwireError } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { CLIENT_KINDS } from '../fault/fault.js';
import { digitsOf } from '../message/recipient.js';
import { type Announcement, type IdentityStep, identityWebhooks } from '../webhook/identity-webhooks.js';
import { type Preference, preferenceWebhook } from '../webhook/webhook-body.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import { ChatReader, type ClientView } from './chat-reader.js';
import { ChatStore, type IdentityChange } from './chat-store.js';
import { ClientBook } from './client-book.js';
import { clientWithoutNumber, countryOf, derivedUserId, identityKeyHashOf } from './person.js';

/** What can be said about a client; null takes it away. */
export interface ClientProfile {
  readonly name?: string;
  readonly username?: string | null;
  readonly hide_number?: boolean;
  readonly parent_user_id?: string | null;
}

export interface NewClient extends ClientProfile {
  readonly number?: string;
  readonly user_id?: string;
  readonly new_person?: boolean;
}

/** How a new user id becomes known: these webhooks in this order, now or after the client's next message. */
export interface Announced {
  readonly announce: readonly Announcement[];
  readonly after_next_message: boolean;
}

const refuse = (code: 'validation_failed' | 'number_invalid', message: string): never => {
  throw new StubwireError(code, message);
};

const numberIn = (written: string): string =>
  digitsOf(written) ?? refuse('number_invalid', `"${written}" is not a number of 7 to 15 digits.`);

/** Who the clients are: new ones, what is known of them, new numbers and user ids, and their wish about marketing. */
@injectable()
export class ClientDesk {
  constructor(
    @inject(ChatStore) private readonly store: ChatStore,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(WebhookPump) private readonly pump: WebhookPump,
    @inject(Clock) private readonly clock: Clock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  /** By number, or by user id alone. `new_person`: another person has the number from now on. */
  async create({ number, user_id, new_person, ...profile }: NewClient): Promise<ClientView> {
    if ((number === undefined) === (user_id === undefined))
      return refuse('validation_failed', 'Give number or user_id, and not both.');
    if (user_id !== undefined) return this.createById(user_id, profile);
    const digits = numberIn(number!);
    if (new_person) return this.createOn(digits, profile);
    const client =
      (await this.book.find(digits)) ?? refuse('number_invalid', `+${digits} was given up: say new_person.`);
    return this.describe(client, profile);
  }

  async describe(client: string, profile: ClientProfile): Promise<ClientView> {
    await this.book.expectRoomFor(client);
    const { userId, username, number } = await this.reader.person(client);
    const hides = profile.hide_number === true && username === undefined && profile.username === undefined;
    const fields = {
      ...(profile.name !== undefined && { name: profile.name }),
      ...(profile.username !== undefined && { username: profile.username ?? '' }),
      ...(hides && { username: `user.${userId.slice(-5).toLowerCase()}` }), // who hides the number has a username
      ...(profile.hide_number !== undefined && { number_hidden: profile.hide_number ? '1' : '0' }),
      ...(profile.parent_user_id !== undefined && { parent_user_id: profile.parent_user_id ?? '' }),
    };
    await this.identify(client, {
      fields,
      users: { [userId]: client },
      ...(number !== undefined && number !== client && { numbers: { [number]: client } }),
    });
    return this.reader.client(client);
  }

  /** The same person with another number, and, as Meta does it, another user id. */
  async changeNumber(client: string, to: string, how: Announced): Promise<ClientView> {
    const number = numberIn(to);
    const before = await this.reader.person(client);
    const owner = await this.book.find(number);
    const taken = owner !== undefined && (owner !== number || (await this.reader.newest(owner)) !== undefined);
    if (taken) return refuse('validation_failed', 'to: another client has this number. Give one that is free.');
    const user_id = derivedUserId(countryOf(number), `${client} ${randomUUID()}`);
    return this.step(client, { number, user_id }, how, {
      users: { [before.userId]: '', [user_id]: client },
      numbers: { ...(before.number !== undefined && { [before.number]: '' }), [number]: client },
    });
  }

  async rotateUserId(client: string, how: Announced): Promise<ClientView> {
    const before = await this.reader.person(client);
    const user_id = derivedUserId(before.userId.slice(0, 2), `${client} ${randomUUID()}`);
    return this.step(client, { user_id }, how, { users: { [before.userId]: '', [user_id]: client } });
  }

  /** Sends the client's choice about marketing messages to every business number in the client's chats. */
  async marketing(client: string, wish: Preference): Promise<ClientView> {
    await this.identify(client, { fields: { marketing_stopped: wish.value === 'stop' ? '1' : '0' } });
    for (const account of await this.acquainted(client)) {
      const opened = await this.store.open(account, client, CLIENT_KINDS);
      const body = preferenceWebhook(account, opened.person, wish, opened.nowMs);
      await this.store.commit(opened, { webhooks: [{ kind: 'message', body }] });
    }
    this.pump.nudge();
    return this.reader.client(client);
  }

  /** Gives the client another identity key, as a new phone does: sends with the old hash fail. */
  async changeIdentityKey(client: string): Promise<ClientView> {
    await this.book.expectRoomFor(client);
    await this.identify(client, { fields: { identity_key_hash: identityKeyHashOf(`${client} ${randomUUID()}`) } });
    return this.reader.client(client);
  }

  private async createById(userId: string, profile: ClientProfile): Promise<ClientView> {
    const known = await this.book.find(userId);
    const client = known ?? clientWithoutNumber(userId);
    if (known === undefined) {
      await this.book.expectRoomFor(client);
      await this.identify(client, { fields: { user_id: userId }, users: { [userId]: client } });
    }
    return this.describe(client, profile);
  }

  /** The number goes to somebody new; whoever had it is known by user id from now on. */
  private async createOn(number: string, profile: ClientProfile): Promise<ClientView> {
    const owner = await this.book.find(number);
    const client = clientWithoutNumber(randomUUID());
    await this.book.expectRoomFor(client);
    if (owner !== undefined) await this.identify(owner, { fields: { number: '' } });
    const user_id = derivedUserId(countryOf(number), client);
    await this.identify(client, {
      fields: { number, user_id },
      users: { [user_id]: client },
      numbers: { [number]: client },
    });
    return this.describe(client, profile);
  }

  private async step(
    client: string,
    fields: IdentityChange['fields'],
    { announce, after_next_message }: Announced,
    index: Omit<IdentityChange, 'fields'>,
  ): Promise<ClientView> {
    await this.book.expectRoomFor(client);
    const before = await this.reader.person(client);
    await this.identify(client, { fields, ...index });
    const after = await this.reader.person(client);
    for (const account of await this.acquainted(client)) {
      const opened = await this.store.open(account, client, CLIENT_KINDS);
      const step: IdentityStep = { before, after, atMs: opened.nowMs };
      const bodies = identityWebhooks(account, step, announce);
      if (after_next_message)
        await this.store.commit(opened, {
          fields: { [`announce:${account.phoneNumberId}`]: JSON.stringify([...opened.announceLater, ...bodies]) },
        });
      else await this.store.commit(opened, { webhooks: bodies.map((body) => ({ kind: 'message', body })) });
    }
    this.pump.nudge();
    return this.reader.client(client);
  }

  private async identify(client: string, change: IdentityChange): Promise<void> {
    await this.store.identify(client, await this.redis.orAway(this.clock.nowMs()), change);
  }

  private async acquainted(client: string) {
    const profiles = await this.reader.profiles(client);
    return this.accounts.all.filter(({ profile }) => profiles.includes(profile));
  }
}
