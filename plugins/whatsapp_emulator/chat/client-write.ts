import { z } from 'zod';

const TEXT_MAX = 65_536;
/** Base64 of a little more than Meta's largest file that fits the limit of a body. */
const FILE_MAX = 24_000_000;

const id = z.string().min(1).max(512);
const anyObject = z.looseObject({});

export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;

const Media = z.strictObject({
  kind: z.enum(MEDIA_KINDS),
  file: z.base64().min(1).max(FILE_MAX).describe('The content, base64'),
  mime_type: z.string().min(3).max(255).optional(),
  caption: z.string().min(1).max(TEXT_MAX).optional(),
  filename: z.string().min(1).max(255).optional().describe('Of a document'),
  voice: z.boolean().optional().describe('Of an audio: recorded on the phone'),
  animated: z.boolean().optional().describe('Of a sticker'),
});

const contents = {
  text: z.string().min(1).max(TEXT_MAX).optional(),
  tap: z.string().min(1).max(256).optional().describe('Title or id of a button or row'),
  media: Media.optional(),
  location: z
    .strictObject({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().optional(),
      address: z.string().optional(),
      url: z.string().optional(),
    })
    .optional(),
  contacts: z.array(anyObject).min(1).max(257).optional().describe("Cards in Meta's form"),
  reaction: z
    .strictObject({ message_id: id, emoji: z.string().max(64).optional() })
    .optional()
    .describe('Without an emoji, or with an empty one, it is taken away'),
  edit: z.strictObject({ message_id: id, text: z.string().min(1).max(TEXT_MAX) }).optional(),
  revoke: z.strictObject({ message_id: id }).optional(),
  flow_reply: z
    .strictObject({
      name: z.string().default('flow'),
      body: z.string().default('Sent'),
      response_json: z.union([z.string(), anyObject]).describe('A text is sent as it is, valid JSON or not'),
    })
    .optional(),
  call_permission: z.enum(['accept', 'reject']).optional(),
  order: anyObject.optional().describe("Meta's object `order`"),
  contact_info: z.literal(true).optional().describe('Shares the own number, as request_contact_info asks for it'),
  unsupported: z
    .strictObject({ type: z.string().optional(), code: z.int().optional(), details: z.string().optional() })
    .optional()
    .describe('What the API cannot carry: a poll, an edit; code 131051 unless given'),
  too_large: z.literal(true).optional().describe('A file that Meta does not take: error 131052 in place of it'),
  system: z.looseObject({ type: z.string() }).optional().describe("Meta's object `system`"),
  raw: anyObject.optional().describe('Any message: its fields over those that every message has'),
} as const;

const CONTENT_NAMES = Object.keys(contents) as readonly (keyof typeof contents)[];

/** What `POST /emulator/clients/:client/messages` takes: one content, and what may stand beside any. */
export const ClientWrite = z
  .strictObject({
    ...contents,
    reply_to: id.optional().describe('Id of the message that is quoted, or that is tapped on'),
    forwarded: z.union([z.literal(true), z.literal('frequently')]).optional(),
    referral: anyObject.optional().describe("Meta's object of a click on an ad"),
    profile: z.string().max(64).optional(),
    name: z.string().min(1).max(128).optional(),
  })
  .superRefine((write, context) => {
    const given = CONTENT_NAMES.filter((name) => write[name] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none' : given.join(' and ');
    context.addIssue({ code: 'custom', message: `Give one of ${CONTENT_NAMES.join(', ')}; found ${found}` });
  });

/** What the API takes as a client's message. */
export type ClientWrite = z.output<typeof ClientWrite>;
