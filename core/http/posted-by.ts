import type { FastifyRequest } from 'fastify';
import type { PostedBy } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import type { ContactBook } from '../stub/contact-book.js';
import type { Caller } from './auth.js';

interface Named {
  readonly contactuuid?: string | undefined;
  readonly on_behalf_of?: string | undefined;
}

/**
 * Who runs an action. A token with a contact acts as that contact; any other token acts as the contact that the request
 * names. The token's name shows that the client did not write this. Without tokens the request is trusted.
 * Errors: `posted_by_refused`, `contact_unknown`.
 */
export async function postedBy(
  { caller }: FastifyRequest,
  named: Named | undefined,
  contacts: ContactBook,
): Promise<PostedBy> {
  const { contactuuid, on_behalf_of } = named ?? {};
  const onBehalfOf = on_behalf_of === undefined ? {} : { on_behalf_of };
  if (caller.token === undefined) return { ...(contactuuid !== undefined && { contactuuid }), ...onBehalfOf };
  if (on_behalf_of !== undefined) await known('on_behalf_of', on_behalf_of, contacts);
  const actor = await actorOf(caller, contactuuid, contacts);
  return { ...(actor !== undefined && { contactuuid: actor }), ...onBehalfOf, token: caller.token };
}

async function actorOf(
  { name, contactuuid: own }: Caller,
  asked: string | undefined,
  contacts: ContactBook,
): Promise<string | undefined> {
  if (asked === undefined || asked === own) return own;
  const named = await known('contactuuid', asked, contacts);
  if (own === undefined) return asked;
  if (named === (await contacts.get(own))?.contactuuid) return own; // the two were merged
  throw new StubwireError(
    'posted_by_refused',
    `body.posted_by.contactuuid is not the contact of the token "${name}". Leave it out, or name the person you act for in on_behalf_of.`,
  );
}

async function known(key: keyof Named, contactuuid: string, contacts: ContactBook): Promise<string> {
  const contact = await contacts.get(contactuuid);
  if (contact) return contact.contactuuid;
  throw new StubwireError(
    'contact_unknown',
    `body.posted_by.${key} names a contact that does not exist. Give a contactuuid from GET /api/contacts, or create the contact first.`,
  );
}
