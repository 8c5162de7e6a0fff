import { z } from 'zod';
import type { MessageType } from './message-type.js';
import { degrees, words } from './meta-limits.js';

/** Longest name or address of a place, characters: Meta names no limit. */
const MAX_PLACE = 1_000;

const Params = z
  .strictObject({
    latitude: degrees(90).describe('Degrees, -90 to 90: -33.9249'),
    longitude: degrees(180).describe('Degrees, -180 to 180: 18.4241'),
    name: words(MAX_PLACE).optional().describe('What the place is called'),
    address: words(MAX_PLACE).optional().describe('Its address, shown below the name'),
  })
  .describe('A place on the map');

/** A place on the map. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/location-messages */
export const location: MessageType<z.infer<typeof Params>> = {
  name: 'location',
  params: Params,
  needsNoWindow: false,
  build: ({ latitude, longitude, name, address }) => ({
    ok: true,
    payload: {
      type: 'location',
      location: { latitude, longitude, ...(name && { name }), ...(address && { address }) },
    },
  }),
};
