import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import { Body, Footer, Header, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { listOf, words } from './meta-limits.js';

/** Meta documents no limits for these. They are larger than any real address needs. */
const MAX_PART = 1_000;
const MAX_SAVED = 50;

/** Parts of an address by Meta's names: `name`, `phone_number`, `in_pin_code`, `address`, `city`, `state` … */
const Parts = z.record(z.string().max(100), words(MAX_PART, 0));

const SavedAddress = z.strictObject({
  id: words(MAX_PART).describe('Id that the answer reports if the client chooses this address'),
  value: Parts.describe('The address: name, phone_number, in_pin_code, address, city, state …'),
});

const Params = z
  .strictObject({
    header: Header.optional(),
    body: Body,
    footer: Footer.optional(),
    country: z.literal('IN').default('IN').describe('The country; WhatsApp asks for addresses in India only'),
    values: Parts.optional().describe('Values that the form starts with: name, phone_number, in_pin_code, city …'),
    saved_addresses: listOf(SavedAddress, MAX_SAVED).optional().describe('Addresses that the client can choose from'),
    validation_errors: Parts.optional().describe('What was wrong with the last answer, by the name of the part'),
  })
  .describe('Asks for an address with a form; in India only');

/** Asks for an address; the answer is a form's reply. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/address-messages */
export const addressMessage: MessageType<z.infer<typeof Params>> = {
  name: 'address_message',
  params: Params,
  needsNoWindow: false,
  build: ({ header, body, footer, ...given }) => {
    const parameters = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const action = { name: 'address_message', parameters: parameters as { [key: string]: Json } };
    return interactive('address_message', { header, body, footer, action });
  },
};
