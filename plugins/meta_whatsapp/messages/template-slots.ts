import type { JsonObject } from '../../../core/index.js';
import type { WhatsAppTemplate } from './whatsapp-template.js';

/** One place of a WhatsApp template that takes a value. */
export interface Slot {
  readonly kind: 'text' | 'image' | 'video' | 'document' | 'url' | 'copy_code' | 'quick_reply';
  /** The place's name, in templates whose places are named. */
  readonly name?: string;
  /** Of a button: where it stands among them, from 0. */
  readonly index?: number;
}

/** What a WhatsApp template takes, in the order in which values are given. */
export interface Slots {
  readonly header: readonly Slot[];
  readonly body: readonly Slot[];
  /** Buttons that do not go out without a value. */
  readonly buttons: readonly Slot[];
  /** Buttons whose payload may be given: else a tap reports their text. */
  readonly quickReplies: readonly Slot[];
  /** A part that bare values cannot fill (a place on the map, a carousel): it needs Meta's `components`. */
  readonly beyond?: string;
}

const PLACE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;
const MEDIA: readonly string[] = ['IMAGE', 'VIDEO', 'DOCUMENT'];
export const PLACE_HEADER = 'a header of a place';
/** Parts and buttons whose parameters are more than a text. */
const BEYOND: readonly string[] = ['CAROUSEL', 'LIMITED_TIME_OFFER', 'MPM', 'ORDER_DETAILS'];

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

/** Each place of a text once: positions by number, names as they come. */
function placesIn(text: unknown): readonly string[] {
  if (typeof text !== 'string') return [];
  const places = [...new Set([...text.matchAll(PLACE)].map((match) => match[1]!))];
  return places.every((place) => /^\d+$/.test(place)) ? places.sort((a, b) => Number(a) - Number(b)) : places;
}

/** How many values each part wants, in the order in which they are given. */
export interface SlotCounts {
  readonly header: number;
  readonly body: number;
  readonly buttons: number;
}

/** A header of media or of a place wants that as its one value. Pure. */
export function slotCounts(template: WhatsAppTemplate): SlotCounts {
  const { header, body, buttons, beyond } = slotsOf(template);
  return { header: beyond === PLACE_HEADER ? 1 : header.length, body: body.length, buttons: buttons.length };
}

/** Reads the places out of a template as Meta lists it. Pure. */
export function slotsOf({ components, parameter_format }: WhatsAppTemplate): Slots {
  const texts = (text: unknown): Slot[] =>
    placesIn(text).map((name) => ({ kind: 'text', ...(parameter_format === 'NAMED' && { name }) }));
  const ofType = (type: string) => components.find((component) => component['type'] === type);
  const header = ofType('HEADER');
  const format = String(header?.['format'] ?? 'TEXT');
  const listed = objects(ofType('BUTTONS')?.['buttons']).map((button, index) => ({ button, index }));
  const withValue = listed.flatMap(({ button, index }): Slot[] => {
    const { type, url } = button;
    if (type === 'COPY_CODE') return [{ kind: 'copy_code', index }];
    return type === 'OTP' || (type === 'URL' && placesIn(url).length > 0) ? [{ kind: 'url', index }] : [];
  });
  const kinds = [...components, ...listed.map(({ button }) => button)].map(({ type }) => String(type));
  const beyond = format === 'LOCATION' ? PLACE_HEADER : kinds.find((kind) => BEYOND.includes(kind));
  return {
    header: MEDIA.includes(format) ? [{ kind: format.toLowerCase() as 'image' }] : texts(header?.['text']),
    body: texts(ofType('BODY')?.['text']),
    buttons: withValue,
    quickReplies: listed
      .filter(({ button }) => button['type'] === 'QUICK_REPLY')
      .map(({ index }) => ({ kind: 'quick_reply', index })),
    ...(beyond !== undefined && { beyond }),
  };
}
