import type { Redis } from 'ioredis';
import type { DeadLetters } from '../actor/dead-letters.js';
import type { ClientMessage, StoryClients } from '../contract/story-clients.js';
import type { Stub } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import type { FileStore } from '../file/file-store.js';
import type { EventBus } from '../heimdall/event-bus.js';
import type { UnroutedInbox } from '../heimdall/unrouted-inbox.js';
import type { Keys } from '../redis/keys.js';
import type { ContactBook } from '../stub/contact-book.js';
import type { StubDesk } from '../stub/stub-desk.js';
import type { StubStore } from '../stub/stub-store.js';
import type { Templates } from '../template/templates.js';
import type { PlayedCaller } from './played-caller.js';
import type { Story } from './story.js';
import type { StoryClock } from './story-clock.js';
import { StepFailed } from './story-outcome.js';

/** What a story is played on: the parts of the engine that it uses. */
export interface StoryServices {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly desk: StubDesk;
  readonly store: StubStore;
  readonly templates: Templates;
  readonly contacts: ContactBook;
  readonly files: FileStore;
  readonly events: EventBus;
  readonly unrouted: UnroutedInbox;
  readonly deadLetters: DeadLetters;
  readonly clients: StoryClients;
  readonly clock: StoryClock;
  readonly caller: PlayedCaller;
}

/** A contact of the story as it stands in the engine. */
export interface Person {
  readonly name: string;
  readonly contactuuid: string;
  readonly address: string;
}

/** More of one list than any story makes. */
const LIST = 200;

const MINUTE_MS = 60_000;

/** The middle of this minute: however long the steps take, so many whole minutes of waiting see as many minutes begin. */
const midMinute = (nowMs: number): number => nowMs - (nowMs % MINUTE_MS) + MINUTE_MS / 2;

/** One story's people and stubs in the engine. */
export class StoryWorld {
  private readonly people = new Map<string, Person>();
  /** The story's own stub, once it is made. */
  stubref: string | undefined;
  startedAtMs = 0;

  constructor(
    readonly services: StoryServices,
    readonly story: Story,
  ) {}

  /** Makes the contacts, and lets the clock of the story begin. Errors: as `ContactBook.create`. */
  async begin(): Promise<void> {
    const { contacts, clients, clock, caller } = this.services;
    caller.begin(this.story.answers);
    await clock.set(this.story.startsMs ?? midMinute(await clock.nowMs()));
    this.startedAtMs = await clock.nowMs();
    for (const [short, { name, mobile, whatsappUser, place }] of this.story.contacts) {
      const contactpoints =
        whatsappUser === undefined ? [] : [{ type: 'whatsapp_user' as const, contact: whatsappUser }];
      const made = await contacts.create({ name, mobile, contactpoints }).catch((error: unknown) => {
        if (!(error instanceof StubwireError)) throw error;
        const isTaken = error.code === 'contact_exists';
        const why = isTaken ? 'another contact of this story has this number, or user id, already.' : error.message;
        throw new StepFailed(place, short, `${error.code} ${why}`);
      });
      const address = whatsappUser ?? made.basic.contactpoints[0]!.contact;
      await clients.introduce(address, name);
      this.people.set(short, { name, contactuuid: made.contactuuid, address });
    }
  }

  person(short: string): Person {
    return this.people.get(short)!;
  }

  everybody(): readonly string[] {
    return [...this.people.keys()];
  }

  chat(short: string): Promise<readonly ClientMessage[]> {
    return this.services.clients.chat(this.person(short).address);
  }

  /** What was sent to a contact so far, oldest first. */
  async sentTo(short: string): Promise<readonly ClientMessage[]> {
    return (await this.chat(short)).filter(({ direction }) => direction === 'to_client');
  }

  /** What was sent to whoever is no contact of the story: to the number or user id, oldest first. */
  async sentToOthers(): Promise<readonly (readonly [address: string, messages: readonly ClientMessage[]])[]> {
    const chats = await this.services.clients.otherChats([...this.people.values()].map(({ address }) => address));
    return [...chats].flatMap(([address, chat]) => {
      const sent = chat.filter(({ direction }) => direction === 'to_client');
      return sent.length === 0 ? [] : [[address, sent] as const];
    });
  }

  /** The newest stub of a template; without one the story's own. */
  async stub(template: string | undefined): Promise<Stub | undefined> {
    const { store } = this.services;
    if (template === undefined && this.stubref !== undefined) return store.get(this.stubref);
    const { items } = await store.list({ template: template ?? this.story.template }, undefined, 1);
    return items[0];
  }

  async stubs(): Promise<readonly Stub[]> {
    return (await this.services.store.list({}, undefined, LIST)).items;
  }

  /** The log of a stub, oldest first. */
  async log(stubref: string) {
    return [...(await this.services.store.posts(stubref, undefined, LIST)).items].reverse();
  }
}
