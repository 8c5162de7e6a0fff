import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { readValue } from '../config/read-value.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { DELIVERY_STATUSES } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { SingleSend } from '../notification/single-send.js';
import { isUuid } from '../stub/ids.js';
import { jsonObject } from './json-schema.js';
import { validationError } from './validation.js';

const MAX_CHANNELS = 10;

/** Adds the + that the stored number of a contact point lacks. */
const international = (number: string): string => (/^[1-9]\d+$/.test(number) ? `+${number}` : number);

const address = z.string().min(1).max(200);
const recipient = z
  .union(
    [
      address.transform((value) => ({
        type: isUuid(value) ? ('contactuuid' as const) : ('mobile' as const),
        value,
      })),
      z.strictObject({ type: z.enum(['mobile', 'whatsapp_user', 'contactuuid']), value: address }),
      z
        .strictObject({ type: z.enum(['mobile', 'whatsapp_user']), contact: address })
        .transform(({ type, contact }) => ({ type, value: type === 'mobile' ? international(contact) : contact })),
      z
        .looseObject({ contactuuid: address })
        .transform(({ contactuuid: value }) => ({ type: 'contactuuid' as const, value })),
    ],
    'expected a number or a contactuuid as text, {type, value} with the type mobile, whatsapp_user or contactuuid, or a contact or a contact point as GET /api/contacts returns it',
  )
  .describe('A number, a contactuuid, {type, value}, or a contact or a contact point as GET returns it');

const sendSchema = z.strictObject({
  to: recipient,
  profile: z.string().min(1).max(100).optional(),
  platforms: z
    .record(z.string().max(100), jsonObject)
    .refine(
      (platforms) => Object.keys(platforms).length > 0,
      'names no channel; write for example {"meta_whatsapp": {…}}',
    )
    .refine((platforms) => Object.keys(platforms).length <= MAX_CHANNELS, `names over ${MAX_CHANNELS} channels`),
});

const sentSchema = z.object({
  deliveries: z.array(
    z.object({
      id: z.string(),
      channel: z.string(),
      to: z.string(),
      profile: z.string().optional(),
      status: z.enum(DELIVERY_STATUSES),
    }),
  ),
});

/** `POST /api/send`: one notification to one person, without a stub. */
@injectable()
export class SendRoutes implements HttpRoutes {
  readonly name = 'send';
  readonly access = 'token';

  constructor(@inject(SingleSend) private readonly single: SingleSend) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const schema = { body: sendSchema, response: { 202: sentSchema } };
    app.post('/api/send', { schema }, async ({ body, derivedKey }, reply) => {
      for (const [channel, settings] of Object.entries(body.platforms)) this.check(channel, settings);
      const deliveries = await this.single.send(body, derivedKey);
      return reply.code(202).send({
        deliveries: deliveries.map(({ id, channel, to, profile }) => ({
          id,
          channel,
          to,
          ...(profile !== undefined && { profile }),
          status: 'queued' as const,
        })),
      });
    });
  }

  private check(channel: string, settings: z.output<typeof jsonObject>): void {
    const { settings: schema } = this.single.channel(channel);
    const checked = readValue(schema, settings);
    if (!checked.success) throw validationError(`body.platforms.${channel}`, schema, checked.error, settings);
    if ((checked.data as { readonly enable_lids?: unknown } | undefined)?.enable_lids !== true) return;
    throw new StubwireError(
      'validation_failed',
      `body.platforms.${channel}.enable_lids: texts sent here are not filled in, so a LID could not stand in them. Leave it out.`,
    );
  }
}
