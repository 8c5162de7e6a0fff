import { z } from 'zod';
import { MAX_BODY } from './interactive-object.js';
import { anyCase, characters, words } from './meta-limits.js';

/**
 * Direct Send: Meta turns a free message into a WhatsApp template and sends it, even outside the window. A beta that Meta
 * enables for each account. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/direct-send
 */
export const DirectSend = {
  category: anyCase('utility', 'authentication')
    .optional()
    .describe(
      'Direct Send: Meta turns the message into a WhatsApp template of this category; no open window is needed',
    ),
  ttl_seconds: z
    .int()
    .optional()
    .describe('Direct Send: how long Meta tries to deliver; utility 30 to 43200 seconds, authentication 30 to 900'),
  direct_send_config: z
    .strictObject({
      template_name: words(512).describe('A template that an earlier Direct Send made'),
    })
    .optional()
    .describe('Direct Send, utility only: the template to use'),
};

export interface DirectSendMessage {
  readonly type: string;
  readonly category?: string | undefined;
  readonly ttl_seconds?: number | undefined;
  readonly direct_send_config?: object | undefined;
  readonly [key: string]: unknown;
}

const MIN_TTL = 30;
const MAX_TTL: { readonly [category: string]: number } = { utility: 43_200, authentication: 900 };

/** The problems of the keys of Direct Send, by Meta's rules. */
export function directSendProblems(message: DirectSendMessage): (readonly [key: string, problem: string])[] {
  const { category: given, ttl_seconds: ttl, direct_send_config: config } = message;
  const category = given?.toLowerCase();
  if (category === undefined) {
    const keys = Object.keys(DirectSend).filter((key) => message[key] !== undefined);
    return keys.map((key) => [key, 'needs category: utility beside it; without a category it is an ordinary message.']);
  }
  const problems: (readonly [string, string])[] = [];
  const max = MAX_TTL[category] ?? MAX_TTL['utility']!; // the category is filled in later
  if (ttl !== undefined && (ttl < MIN_TTL || ttl > max))
    problems.push(['ttl_seconds', `is ${ttl}; WhatsApp takes ${MIN_TTL} to ${max} seconds for ${category}.`]);
  if (config !== undefined && category !== 'utility')
    problems.push(['direct_send_config', 'goes with category: utility only. Remove it.']);
  const length = characters(bodyOf(message));
  if (length > MAX_BODY) {
    problems.push([
      'category',
      `makes a WhatsApp template of it, whose text has ${MAX_BODY} characters at most; this one has ${length}.`,
    ]);
  }
  return problems;
}

/** The text that becomes the body of the template. */
function bodyOf({ text, interactive }: DirectSendMessage): string {
  const body = (text as { readonly body?: unknown } | undefined)?.body;
  const inner = (interactive as { readonly body?: { readonly text?: unknown } } | undefined)?.body?.text;
  return String(body ?? inner ?? '');
}
