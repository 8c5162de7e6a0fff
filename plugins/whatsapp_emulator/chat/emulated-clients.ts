import { inject, injectable } from 'inversify';
import type { ZodType } from 'zod';
import {
  type ClientDeed,
  type ClientMessage,
  type JsonObject,
  type StoryClients,
  StubwireError,
  valueProblem,
} from '../../../core/index.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { FaultRequest } from '../fault/fault.js';
import { FaultDesk } from '../fault/fault-desk.js';
import { USER_ID } from '../message/recipient.js';
import { WebhookPump } from '../webhook/webhook-pump.js';
import type { ChatMessage } from './chat-entry.js';
import { ChatReader } from './chat-reader.js';
import { ClientBook } from './client-book.js';
import { ClientDesk } from './client-desk.js';
import { ClientPhone } from './client-phone.js';
import { ClientWrite } from './client-write.js';

/** Clients looked at: more than one story writes to. */
const MAX_OTHERS = 1_000;

/** The phones of this emulator, for stories. */
@injectable()
export class EmulatedClients implements StoryClients {
  readonly provider = 'whatsapp';
  readonly work: StoryClients['work'];

  constructor(
    @inject(EmulatorKeys) keys: EmulatorKeys,
    @inject(ClientDesk) private readonly desk: ClientDesk,
    @inject(ClientPhone) private readonly phone: ClientPhone,
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(FaultDesk) private readonly faults: FaultDesk,
    @inject(WebhookPump) private readonly pump: WebhookPump,
  ) {
    this.work = { due: [keys.due()], atWork: [keys.leased()] };
  }

  async introduce(address: string, name: string): Promise<void> {
    await this.desk.create({ name, ...(USER_ID.test(address) ? { user_id: address } : { number: address }) });
  }

  async act(address: string, deed: ClientDeed, profile?: string): Promise<ClientMessage> {
    const write = checked(ClientWrite, { ...written(deed), profile });
    return shown(await this.phone.write(await this.book.writing(address), write));
  }

  async chat(address: string): Promise<readonly ClientMessage[]> {
    const client = await this.reader.resolve(address);
    return client === undefined ? [] : (await this.reader.chat(client)).map(shown);
  }

  async fault(fault: JsonObject): Promise<void> {
    await this.faults.add(checked(FaultRequest, fault));
  }

  async otherChats(addresses: readonly string[]): Promise<ReadonlyMap<string, readonly ClientMessage[]>> {
    const known = new Set(await Promise.all(addresses.map((address) => this.reader.resolve(address))));
    const others = (await this.reader.clients(MAX_OTHERS)).filter(({ client }) => !known.has(client));
    const chats = others.map(async ({ client, number, user_id }) => {
      return [number ?? user_id, (await this.reader.chat(client)).map(shown)] as const;
    });
    return new Map(await Promise.all(chats));
  }

  clockMoved(): void {
    this.pump.nudge();
  }
}

/** What an author has written, held against the emulator's own form. */
function checked<Value>(schema: ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new StubwireError('validation_failed', valueProblem(result.error, value, []));
}

function written(deed: ClientDeed): object {
  switch (deed.do) {
    case 'write':
      return { text: deed.text, reply_to: deed.about };
    case 'tap':
      return { tap: deed.button, reply_to: deed.about };
    case 'other':
      return deed.content;
    case 'react':
      return { reaction: { message_id: deed.about, emoji: deed.emoji } };
    case 'place': {
      const { do: _, ...location } = deed;
      return { location };
    }
    case 'send': {
      const { kind, content, filename, mimeType, caption } = deed.file;
      return {
        media: { kind, file: Buffer.from(content).toString('base64'), mime_type: mimeType, filename, caption },
      };
    }
  }
}

function shown({ id, direction, profile, type, text, buttons, status, at, payload }: ChatMessage): ClientMessage {
  const template = (payload['template'] as { readonly name?: string } | undefined)?.name;
  const context = payload['context'] as { readonly message_id?: string; readonly id?: string } | undefined;
  const quotes = context?.message_id ?? context?.id;
  return {
    id,
    direction,
    profile,
    type,
    text,
    buttons: buttons.map(({ title }) => title),
    status,
    at,
    payload: payload as JsonObject,
    ...(template !== undefined && { template }),
    ...(quotes !== undefined && { quotes }),
  };
}
