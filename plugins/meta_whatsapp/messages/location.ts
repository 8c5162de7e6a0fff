import { z } from 'zod';
import type { MessageType } from './message-type.js';
import { degrees, words } from './meta-limits.js';

/** Longest name or address of a place, characters: Meta names no limit. */
const MAX_PLACE = 1_000;

const Params = z.strictObject({
  latitude: degrees(90),
  longitude: degrees(180),
  name: words(MAX_PLACE).optional(),
  address: words(MAX_PLACE).optional(),
});

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
