import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FILE = fileURLToPath(new URL('../../../test/support/meta-openapi-messages.json', import.meta.url));

type Schema = { [key: string]: unknown };
interface Schemas {
  readonly [name: string]: Schema;
}

/** Where Meta's file of November 2025 is stricter than Meta's documentation and API, and why that is known. */
const CORRECTIONS: readonly { readonly why: string; readonly apply: (schemas: Schemas) => void }[] = [
  {
    why: 'interactive types that came later, or that the file leaves out, and their actions: cta_url, carousel, location_request_message, request_contact_info, catalog_message, address_message. Header, body and footer of them are still held to the file',
    apply: ({ InteractiveObject, ActionObject }) => {
      const { type } = InteractiveObject!['properties'] as { type: { enum: string[] } };
      type.enum.push('cta_url', 'carousel', 'location_request_message', 'request_contact_info');
      type.enum.push(...['catalog_message', 'address_message'].filter((name) => !type.enum.includes(name)));
      const actions = ActionObject!['oneOf'] as Schema[];
      const names = ['cta_url', 'send_location', 'request_contact_info', 'address_message'];
      actions.push({ required: ['name'], properties: { name: { enum: names } } }, { required: ['cards'] });
      // The file knows it with parameters only.
      actions.push({
        properties: { name: { const: 'catalog_message' } },
        required: ['name'],
        not: { required: ['parameters'] },
      });
    },
  },
  {
    why: 'the body of a list has 4096 characters in the documentation; the file has the 1024 of the others for all',
    apply: ({ BodyObject }) => {
      (BodyObject!['properties'] as { text: Schema }).text['maxLength'] = 4_096;
    },
  },
  {
    why: 'language.policy is optional: deterministic is the only one there is, and the documentation’s examples leave it out',
    apply: ({ LanguageObject }) => {
      LanguageObject!['required'] = ['code'];
    },
  },
  {
    why: 'the pattern of a button’s index, ^[2-6, 11-14]$, is a slip: the file’s own examples have "0"; copy_code is documented',
    apply: ({ TemplateComponent }) => {
      const { index, sub_type } = TemplateComponent!['properties'] as { index: Schema; sub_type: { enum: string[] } };
      delete index['pattern'];
      sub_type.enum.push('copy_code');
    },
  },
  {
    why: 'a message may hold 257 contacts by the documentation; the file says 5',
    apply: ({ ContactsMessage }) => {
      const [, own] = ContactsMessage!['allOf'] as Schema[];
      (own!['properties'] as { contacts: Schema }).contacts['maxItems'] = 257;
    },
  },
];

const { components } = JSON.parse(readFileSync(FILE, 'utf8')) as { components: { schemas: Schemas } };
for (const { apply } of CORRECTIONS) apply(components.schemas);

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'meta', components });

/**
 * Holds a message against Meta's own description of `POST /{Phone-Number-ID}/messages`: its envelope, and what stands
 * under its type. The two are held apart, for the file forbids beside each type's key all others, those of the envelope too.
 */
export function assertAsMetaDescribes(message: { readonly type: string; readonly [key: string]: unknown }): void {
  const { mapping } = components.schemas['Message']!['discriminator'] as { mapping: { [type: string]: string } };
  const at = mapping[message.type];
  assert.ok(at, `Meta’s file has no message of type ${message.type}`);
  assertValid('meta#/components/schemas/BaseMessageProperties', message);
  assertValid(`meta${at}/allOf/1`, { type: message.type, [message.type]: message[message.type] });
}

function assertValid(schema: string, value: unknown): void {
  const validate = ajv.getSchema(schema)!;
  assert.ok(validate(value), `${schema}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value, null, 1)}`);
}
