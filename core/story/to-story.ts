import { dirname, resolve } from 'node:path';
import type { YamlDocument } from '../config/yaml-document.js';
import type { Place } from '../errors.js';
import { durationMs } from './duration.js';
import type { WrittenGets, WrittenMessage } from './expect-form.js';
import { SAMPLE } from './sample-file.js';
import type { WrittenSends, WrittenStep } from './step-form.js';
import { ANY_MORE, type ExpectedMessage, type Step, type StepDeed, type Story, type StoryContact } from './story.js';
import type { WrittenStory } from './story-form.js';

const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const;
const MAX_TITLE = 60;

/** The story of a document that has been checked. `template`: the one it is about unless it says. Pure. */
export function toStory(document: YamlDocument, written: WrittenStory, template: string): Story {
  const contacts = new Map(
    document.keys(['contacts']).map((name) => {
      const place = document.place(['contacts', name]);
      return [name, contactOf(name, place, written.contacts[name]!)] as const;
    }),
  );
  const [first] = contacts.keys();
  const { stub } = written;
  return {
    name: written.story,
    file: document.file,
    place: document.place(['story']),
    contacts,
    template: written.template ?? template,
    ...(written.starts !== undefined && { startsMs: Date.parse(written.starts) }),
    answers: written.answers,
    ...(stub && {
      stub: {
        subject: stub.subject,
        message: stub.message,
        data: stub.data,
        contactLists: stub.contact_lists ?? (first === undefined ? {} : { _created_by: [first] }),
        as: stub.as,
        place: document.place(['stub'], 'key'),
      },
    }),
    steps: written.steps.map((step, at) => stepOf(document, step, at)),
  };
}

function contactOf(name: string, place: Place, written: WrittenStory['contacts'][string]): StoryContact {
  const shown = name.charAt(0).toUpperCase() + name.slice(1);
  if (typeof written === 'string') return { place, name: shown, mobile: written };
  return {
    place,
    name: written.name ?? shown,
    ...(written.mobile !== undefined && { mobile: written.mobile }),
    ...(written.whatsapp_user !== undefined && { whatsappUser: written.whatsapp_user }),
  };
}

function stepOf(document: YamlDocument, step: WrittenStep, at: number): Step {
  const key = mainKey(step);
  const value = typeof step[key] === 'string' ? step[key] : JSON.stringify(step[key]);
  const shown = value.length > MAX_TITLE ? `${value.slice(0, MAX_TITLE)}…` : value;
  return {
    deed: deedOf(step, key, dirname(document.file)),
    title: `${key}: ${shown.replaceAll('\n', ' ')}`,
    place: (path) => (path ? document.place(['steps', at, ...path]) : document.place(['steps', at, key], 'key')),
  };
}

const mainKey = (step: WrittenStep): string =>
  ['action', 'wait', 'emit', 'fault', 'expect'].find((key) => step[key] !== undefined) ??
  Object.keys(step).find((key) => key.includes(' ') && step[key] !== undefined)!;

function deedOf(step: WrittenStep, key: string, folder: string): StepDeed {
  if (step.action !== undefined) {
    const { action, message = '', data = {}, files = {}, as, stub, refused } = step;
    const paths = Object.entries(files).map(([name, list]) => [
      name,
      [list].flat().map((path) => pathOf(path, folder)),
    ]);
    return { do: 'action', action, message, data, files: Object.fromEntries(paths), as, stub, refused };
  }
  if (step.wait !== undefined) {
    const ms = durationMs(step.wait);
    return ms === undefined
      ? { do: 'wait', untilMs: Date.parse(step.wait.slice('until '.length)) }
      : { do: 'wait', ms };
  }
  if (step.emit !== undefined) return { do: 'emit', ...step.emit };
  if (step.fault !== undefined) return { do: 'fault', fault: step.fault };
  if (step.expect !== undefined) {
    const { 'nothing more sent': nothingMoreSent, log, events, calls, ...rest } = step.expect;
    return {
      do: 'expect',
      expect: {
        ...rest,
        nothingMoreSent,
        log: log?.map((entry) =>
          typeof entry !== 'string' ? entry : entry === ANY_MORE ? ANY_MORE : { action: entry },
        ),
        calls: calls?.map((call) => (typeof call !== 'string' ? call : call === ANY_MORE ? ANY_MORE : { to: call })),
        events: events?.map((event) => (typeof event === 'string' ? { path: event } : event)),
      },
    };
  }
  const blank = key.lastIndexOf(' ');
  const [contact, verb] = [key.slice(0, blank), key.slice(blank + 1)];
  if (verb === 'gets') return { do: 'gets', contact, messages: messagesOf(step[key] as WrittenGets) };
  return { do: 'client', contact, deed: clientDeed(verb, step, key, folder), profile: step.profile };
}

/** The file of this path beside the story; `SAMPLE` stands for a small one. */
const pathOf = (path: string, folder: string): string => (path === SAMPLE ? path : resolve(folder, path));

const messagesOf = (written: WrittenGets): ('…' | ExpectedMessage)[] =>
  [written].flat().map((message: string | WrittenMessage) => {
    if (typeof message !== 'string') return message;
    return message === ANY_MORE ? ANY_MORE : { text: message };
  });

function clientDeed(verb: string, step: WrittenStep, key: string, folder: string) {
  const value = step[key];
  const about = step.on !== undefined && { about: step.on };
  switch (verb) {
    case 'says':
      return { do: 'write', text: value as string } as const;
    case 'quotes':
      return { do: 'write', text: step.says!, about: value as string } as const;
    case 'taps':
      return { do: 'tap', button: value as string, ...about } as const;
    case 'reacts':
      return { do: 'react', emoji: value as string, ...about } as const;
    default:
      return sending(value as WrittenSends, folder);
  }
}

function sending(sends: WrittenSends, folder: string) {
  if (sends.other) return { do: 'other', content: sends.other } as const;
  if (sends.location) {
    const { latitude, longitude, name, address } = sends.location;
    const named = { ...(name !== undefined && { name }), ...(address !== undefined && { address }) };
    return { do: 'place', latitude, longitude, ...named } as const;
  }
  const kind = MEDIA.find((each) => sends[each] !== undefined)!;
  const path = pathOf(sends[kind]!, folder);
  const filename = path.split('/').at(-1)!;
  const file = { kind, path, filename, ...(sends.caption !== undefined && { caption: sends.caption }) };
  return { do: 'send', file } as const;
}
