import type { JsonObject } from '../../../core/index.js';
import type { WhatsAppTemplate } from '../messages/whatsapp-template.js';

/** How many values each part of a WhatsApp template wants, in the order in which they are given. */
export interface ParameterCounts {
  readonly header: number;
  readonly body: number;
  readonly buttons: number;
}

const PLACE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** Of a text: each place once, as a named one may stand in it twice. */
const placesIn = (text: unknown): number =>
  typeof text === 'string' ? new Set([...text.matchAll(PLACE)].map((match) => match[1])).size : 0;

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

/** A header of media or a place wants that as its one value; of buttons those count that do not send without a value. Pure. */
export function parameterCounts({ components }: WhatsAppTemplate): ParameterCounts {
  const ofType = (type: string) => components.filter((each) => each['type'] === type);
  const header = ofType('HEADER').reduce(
    (sum, { format, text }) => sum + (format === undefined || format === 'TEXT' ? placesIn(text) : 1),
    0,
  );
  const body = ofType('BODY').reduce((sum, { text }) => sum + placesIn(text), 0);
  const buttons = ofType('BUTTONS')
    .flatMap((each) => objects(each['buttons']))
    .filter(({ type, url }) => type === 'COPY_CODE' || (type === 'URL' && placesIn(url) > 0)).length;
  return { header, body, buttons };
}
