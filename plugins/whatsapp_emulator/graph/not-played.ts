import { GraphError } from './graph-error.js';

/** A POST to the object itself, by its id. */
const ITSELF = 'POST <id>';

/**
 * Parts of the Cloud API that the emulator does not play, with the last segment of their paths. `README.md` has the same list.
 * Those without a path are parameters of supported calls.
 */
export const NOT_PLAYED = {
  groups: ['groups', 'invite_link', 'join_requests', 'participants'],
  calls: ['calls', 'call_permissions'],
  'blocked users': ['block_users'],
  'Marketing Messages API': ['marketing_messages'],
  'editing of templates, numbers and accounts': [ITSELF, 'unpause', 'archive', 'unarchive', 'upsert_message_templates', 'migrate_message_templates', 'message_template_previews'],
  'templates of the library': [],
  'registration of numbers': ['register', 'deregister', 'request_code', 'verify_code'],
  'subscriptions of apps': ['subscribed_apps'],
  'usernames and the contact book': ['username', 'username_suggestions', 'contact_book'],
  flows: ['flows', 'migrate_flows', 'assets', 'publish', 'deprecate'],
  encryption: ['whatsapp_business_encryption', 'messages_encrypted'],
  'links to a chat': ['message_qrdls'],
  'commerce and payments': ['whatsapp_commerce_settings', 'product_catalogs', 'payment_configuration', 'payment_configurations', 'business_compliance_info'],
  'reports and histories': ['pricing_analytics', 'template_analytics', 'message_history', 'activities', 'schedules'],
  'partners and users': ['assigned_users', 'solutions', 'official_business_account'],
  'uploads in parts': ['uploads'],
  'control of threads': ['thread_control'],
  'settings besides user_identity_change': [],
  'profile pictures': [],
} as const satisfies { readonly [part: string]: readonly string[] }; // biome-ignore format: one part, one line
export type NotPlayed = keyof typeof NOT_PLAYED;

/** An error in Meta's form with our own text. The default is Meta's code for a method that is not allowed. */
export const notPlayed = (part: NotPlayed, code = 131055): GraphError =>
  new GraphError(code, `the emulator does not play ${part}. Its README lists what it does not play.`);

/** The unsupported part at a path below the version, such as `1234/calls`. */
export function notPlayedAt(method: string, path: readonly string[]): NotPlayed | undefined {
  const edge = path.length > 1 ? path.at(-1)! : `${method} <id>`;
  const found = Object.entries(NOT_PLAYED).find(([, edges]) => (edges as readonly string[]).includes(edge));
  return found?.[0] as NotPlayed | undefined;
}
