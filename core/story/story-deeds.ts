import { createReadStream, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import type { JsonObject } from '../contract/json.js';
import type { ClientDeed } from '../contract/story-clients.js';
import { StubwireError } from '../errors.js';
import { SAMPLE, sampleFile } from './sample-file.js';
import type { Step, StepDeed, StoryDeed } from './story.js';
import { StepFailed } from './story-outcome.js';
import type { StoryWorld } from './story-world.js';
import { textMatches } from './text-pattern.js';

type Of<Do extends StepDeed['do']> = Extract<StepDeed, { readonly do: Do }>;

const TYPES: { readonly [extension: string]: string } = {
  '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp', '.mp4': 'video/mp4',
  '.mp3': 'audio/mpeg', '.ogg': 'audio/ogg', '.pdf': 'application/pdf', '.txt': 'text/plain',
}; // biome-ignore format: a table

/** What the steps of a story do to the engine: run actions, write as a client, emit. */
export class StoryDeeds {
  constructor(private readonly world: StoryWorld) {}

  /** Makes the stub that the story begins with. */
  async create(): Promise<void> {
    const { story, services } = this.world;
    if (!story.stub) return;
    const { subject, message, data, contactLists, as, place } = story.stub;
    const lists = Object.entries(contactLists).map(([list, names]) => [
      list,
      names.map((name) => this.world.person(name).contactuuid),
    ]);
    const fail = (text: string) => new StepFailed(place, 'stub', text);
    try {
      const { stubref, stubpostuuid } = await services.desk.create({
        template: story.template,
        subject,
        message,
        data,
        contact_lists: Object.fromEntries(lists),
        posted_by: as === undefined ? {} : { contactuuid: this.world.person(as).contactuuid },
      });
      await services.clock.rest();
      this.world.stubref = stubref;
      const post = await services.store.post(stubpostuuid);
      if (post?.refused) throw fail(`The stub was not made: ${post.refused.code} ${post.refused.message}`);
    } catch (error) {
      throw error instanceof StubwireError ? fail(`The stub was not made: ${error.code} ${error.message}`) : error;
    }
  }

  async action(step: Step, deed: Of<'action'>): Promise<void> {
    const { services } = this.world;
    const stub = await this.world.stub(deed.stub);
    if (!stub) {
      const template = deed.stub ?? this.world.story.template;
      throw new StepFailed(step.place(), step.title, `There is no stub of the template "${template}" yet.`);
    }
    const refusal = await this.run(stub.stubref, deed);
    await services.clock.rest();
    if (deed.refused === undefined && refusal === undefined) return;
    if (refusal === undefined) {
      const mismatch = { what: '', expected: `refused with ${deed.refused}`, seen: 'it ran' };
      throw new StepFailed(step.place(['refused']), step.title, 'The action should have been refused.', [mismatch]);
    }
    if (refusal.code === deed.refused) return;
    const expected = deed.refused === undefined ? 'it runs' : `refused with ${deed.refused}`;
    const mismatch = { what: '', expected, seen: `refused with ${refusal.code}: ${refusal.message}` };
    throw new StepFailed(step.place(['action']), step.title, 'The action was refused.', [mismatch]);
  }

  async client(step: Step, { contact, deed, profile }: Of<'client'>): Promise<void> {
    const { clients } = this.world.services;
    const { name, address } = this.world.person(contact);
    try {
      await clients.act(address, await this.clientDeed(step, contact, deed), profile);
    } catch (error) {
      if (!(error instanceof StubwireError)) throw error;
      throw new StepFailed(step.place(), step.title, `${name} cannot do this: ${error.message}`, [], contact);
    }
  }

  async emit(step: Step, { path, mechanism, data }: Of<'emit'>): Promise<void> {
    try {
      await this.world.services.events.emit({ path, mechanism, data });
    } catch (error) {
      if (!(error instanceof StubwireError)) throw error;
      throw new StepFailed(step.place(['emit', 'path']), step.title, `The event was not emitted: ${error.message}`);
    }
  }

  async fault(step: Step, { fault }: Of<'fault'>): Promise<void> {
    const { client } = fault;
    const isContact = typeof client === 'string' && this.world.everybody().includes(client);
    try {
      await this.world.services.clients.fault(
        isContact ? { ...fault, client: this.world.person(client).address } : fault,
      );
    } catch (error) {
      if (!(error instanceof StubwireError)) throw error;
      throw new StepFailed(step.place(['fault']), step.title, `There is no such fault: ${error.message}`);
    }
  }

  /** Why the run was refused; undefined where it was not. */
  private async run(stubref: string, deed: Of<'action'>): Promise<{ code: string; message: string } | undefined> {
    const { desk, clock, store } = this.world.services;
    const posted_by = deed.as === undefined ? {} : { contactuuid: this.world.person(deed.as).contactuuid };
    try {
      const data = { ...deed.data, ...(await this.uploads(deed.files)) };
      const { stubpostuuid } = await desk.run(stubref, deed.action, { message: deed.message, data, posted_by });
      await clock.rest();
      return (await store.post(stubpostuuid))?.refused;
    } catch (error) {
      if (error instanceof StubwireError) return error;
      throw error;
    }
  }

  private async uploads(files: Of<'action'>['files']): Promise<JsonObject> {
    const uploaded: { [key: string]: string[] } = {};
    for (const [key, paths] of Object.entries(files)) {
      uploaded[key] = [];
      for (const path of paths) {
        const sample = path === SAMPLE ? sampleFile('image') : undefined;
        const content = sample ? Readable.from([sample.content]) : createReadStream(path);
        const originalname = sample?.filename ?? basename(path);
        const contentType = sample?.mimeType ?? TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
        const { fileuuid } = await this.world.services.files
          .put(content, { contentType, originalname })
          .catch((error: NodeJS.ErrnoException) => {
            throw error.code === 'ENOENT' ? new StubwireError('file_unreadable', `There is no file ${path}.`) : error;
          });
        uploaded[key].push(fileuuid);
      }
    }
    return uploaded;
  }

  private async clientDeed(step: Step, contact: string, deed: StoryDeed): Promise<ClientDeed> {
    switch (deed.do) {
      case 'place':
      case 'other':
        return deed;
      case 'send': {
        const { path, ...file } = deed.file;
        if (path === SAMPLE) return { do: 'send', file: { ...file, ...sampleFile(file.kind) } };
        return { do: 'send', file: { ...file, content: fileBeside(path), ...typeOf(path) } };
      }
      case 'react':
        return { do: 'react', emoji: deed.emoji, about: await this.messageId(step, contact, deed.about ?? '…') };
      case 'write':
      case 'tap':
        return deed.about === undefined ? deed : { ...deed, about: await this.messageId(step, contact, deed.about) };
    }
  }

  /** The newest message to the client with this text. */
  private async messageId(step: Step, contact: string, text: string): Promise<string> {
    const sent = await this.world.sentTo(contact);
    const found = sent.findLast((message) => textMatches(text, message.text));
    if (found) return found.id;
    const { name } = this.world.person(contact);
    const mismatch = {
      what: '',
      expected: `a message: ${text}`,
      seen: sent.length === 0 ? 'no message' : 'other messages',
    };
    throw new StepFailed(step.place(), step.title, `${name} has got no such message.`, [mismatch], contact);
  }
}

const typeOf = (path: string) => {
  const mimeType = TYPES[extname(path).toLowerCase()];
  return mimeType === undefined ? {} : { mimeType };
};

function fileBeside(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new StubwireError('file_unreadable', `${path} cannot be read: ${why}.`);
  }
}
