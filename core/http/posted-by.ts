import type { FastifyRequest } from 'fastify';
import type { PostedBy } from '../contract/stub.js';

/** Who runs an action: whom the request names, else the contact of the token. */
export const postedBy = (request: FastifyRequest, named: PostedBy | undefined): PostedBy | undefined =>
  named ?? (request.caller.contactuuid === undefined ? undefined : { contactuuid: request.caller.contactuuid });
