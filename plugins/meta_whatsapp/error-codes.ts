/**
 * What one of Meta's codes means for a message. `retry`: refused before processing, again after a back-off; `rate`: so,
 * and the whole number is too fast; `pair`: so, and only this client's lane. `unknown`: it may have been sent. `later`:
 * after a fixed wait. `window`: the client's window is closed. `halt`: the profile is refused, not the message. `final`:
 * never as it is.
 */
export type CodeClass = 'retry' | 'rate' | 'pair' | 'unknown' | 'later' | 'window' | 'halt' | 'final';

export interface CodeEntry {
  readonly class: CodeClass;
  /** What an operator should do, in a sentence or two. */
  readonly advice: string;
}

const SUPPORT = 'If it stays, ask Meta’s support with the code';
const TOKEN =
  'The access token of the profile has expired or is invalid. Make a new one in the Meta app, set it in the environment and restart. Sending then resumes by itself.';
const NO_TOKEN =
  'Meta saw no access token, or the token lacks a permission on this number. Check access_token of the profile and its permissions, restart, then resume the profile.';
const PERMISSION =
  'The Meta app or its system user lacks a permission (whatsapp_business_messaging) on this number. Grant it, then resume the profile.';
const ACCOUNT =
  'The business account is restricted or locked. Look at Account Quality in WhatsApp Manager, then resume the profile.';
const REGISTRATION =
  'The number is not registered with the Cloud API. Register it (WhatsApp Manager, or POST /register with its PIN), then resume the profile.';
const PIN =
  'The two-step PIN of the number was refused. Set the PIN in WhatsApp Manager, register the number, then resume the profile.';
/** Advice for messages; other calls have their own (`call-advice.ts`). */
export const PARAMETER =
  'Meta does not accept the form of this message. Correct the notification in the stub template.';
const PAYMENT =
  'Payment for the account has a problem. Correct its payment method in WhatsApp Manager, then resume the profile.';
const SHORTLY = 'Meta is busy or in maintenance; it is tried again by itself.';
const OPEN =
  'Meta does not say whether it was sent. A status is waited for before it is sent again; look at metastatus.com if it lasts.';
const FASTER = 'Too many calls; it is tried again by itself. Lower messages_per_second of the profile if it lasts.';
const MARKETING = 'Meta restricts marketing messages of this account. Look at its limits in WhatsApp Manager.';
const TEMPLATE_PARAMETERS =
  'Compare the parameters of the notification with the WhatsApp template’s in WhatsApp Manager.';
const QUALITY = 'Change the template in WhatsApp Manager, or use another; its quality was too low.';
const FLOW = 'The Flow of the template is blocked or throttled. Look at its health in WhatsApp Manager.';
const FLOWS_API = 'Meta refused a call about a Flow. Look at the Flow in WhatsApp Manager.';
const USERNAME = 'Meta refused a call about the business username. Correct the username in WhatsApp Manager.';
const CLASSIFICATION =
  'Meta restricts this account because templates were filed under a wrong category. Correct them in WhatsApp Manager, and send again when Meta has lifted the restriction.';
const GROUP = 'Meta refused a call about a group. This product does not send to groups; use an address of one person.';
const MANAGEMENT = 'Meta refused to change or read something of the account. Look at it in WhatsApp Manager.';

const row = (kind: CodeClass, advice: string, ...codes: number[]): (readonly [number, CodeEntry])[] =>
  codes.map((code) => [code, { class: kind, advice }] as const);

const between = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Every code that Meta documents for messages. https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes */
export const ERROR_CODES: ReadonlyMap<number, CodeEntry> = new Map([
  // the profile
  ...row('halt', TOKEN, 0, 104, 190),
  ...row('halt', NO_TOKEN, 200),
  ...row('halt', PERMISSION, 3, 10, ...between(201, 299), 131005),
  ...row('halt', ACCOUNT, 368, 131031),
  ...row(
    'halt',
    'The business number was deleted. Use another number: correct phone_number_id of the profile, restart, then resume the profile.',
    33,
  ),
  ...row('halt', PAYMENT, 131042, 131044),
  ...row(
    'halt',
    'The display name of the number is not approved. Have it approved in WhatsApp Manager, then resume the profile.',
    131037,
  ),
  ...row('halt', REGISTRATION, 131045, 133000, 133006, 133010, 133015),
  ...row(
    'halt',
    'The number was registered too often; Meta takes it again after 72 hours. Then register it and resume the profile.',
    133016,
  ),
  ...row('halt', PIN, 133005, 133008, 133009),

  // now is not the time
  ...row('retry', FASTER, 4, 80007, 131208),
  ...row(
    'rate',
    'The number sends more per second than Meta takes; it sends more slowly for a while by itself. Lower messages_per_second if it lasts.',
    130429,
  ),
  ...row(
    'pair',
    'Too many messages to this one client in a short time; its messages go on more slowly by themselves.',
    131056,
  ),
  ...row('later', SHORTLY, 131057, 133004, 2494100),
  ...row(
    'later',
    'The template was changed and is being spread, up to 10 minutes; it is tried again by itself.',
    134101,
  ),
  ...row('unknown', OPEN, 1, 2, 131000, 131016),

  // the client
  ...row(
    'window',
    'The client has not written for 24 hours. The message waits in the stash until they answer the interaction request.',
    131047,
  ),
  ...row(
    'final',
    'The number cannot get it: not on WhatsApp, an old version, or terms not accepted. Check the number, or reach the person another way.',
    131026,
  ),
  ...row('final', 'The client has stopped marketing messages. Send none until they allow them again.', 131050),
  ...row(
    'final',
    'Meta holds marketing messages to this client back for now. Try again after 24 hours at the earliest; sooner makes it worse.',
    131049,
  ),
  ...row(
    'final',
    'The client is part of an experiment of Meta’s and gets no marketing messages. Reach them another way.',
    130472,
  ),
  ...row('final', 'You have blocked this client. Unblock them in WhatsApp Manager to write to them.', 130403),
  ...row(
    'final',
    'A test number reaches listed numbers only. Add the client to the list in the Meta app, or use a real number.',
    131030,
  ),
  ...row('final', 'The client is the sending number itself. Correct the recipient.', 131021),
  ...row('final', 'The account may not write to clients of this country.', 130497),
  ...row('final', 'This kind of message cannot go to a user id. Send it to the client’s phone number.', 131062),

  // the message
  ...row('final', PARAMETER, 100, 131008, 131009, 131051, 135000),
  ...row(
    'final',
    'The file was not taken. Check its type and size against Meta’s limits, and that it can be opened.',
    131053,
  ),
  ...row('final', 'A file of the client could not be fetched. Ask them to send it again.', 131052),
  ...row('final', 'The message that this refers to is no longer there.', 131060),
  ...row(
    'final',
    'The client’s identity key has changed: it may be another person now. Verify who it is, then send without the key’s hash.',
    137000,
  ),
  ...row('final', GROUP, 131020, 131041, 131059, 131201, 131202, 131204, 131207, ...between(131209, 131212)),
  ...row('final', 'The terms of WhatsApp payments are not accepted. Accept them in WhatsApp Manager.', 134011),
  ...row('final', FLOWS_API, ...between(139000, 139006)),
  ...row('final', USERNAME, ...between(147001, 147004)),
  ...row(
    'final',
    'Another number of yours has this business username. Ask for its transfer (transfer_action) in the call.',
    147005,
  ),
  ...row('final', MANAGEMENT, 1752041, ...between(200005, 200007), 2593107, 2593108),

  // the WhatsApp template
  ...row('final', `The number of parameters is another one. ${TEMPLATE_PARAMETERS}`, 132000),
  ...row(
    'final',
    'The template is missing in this language, or not approved. Create it in WhatsApp Manager in the language that the notification names, and wait for its approval.',
    132001,
  ),
  ...row('final', 'The text is too long once its parameters are filled in. Shorten them.', 132005),
  ...row('final', 'The text breaks a rule of Meta’s for templates. Correct the template in WhatsApp Manager.', 132007),
  ...row('final', `A parameter has the wrong format. ${TEMPLATE_PARAMETERS}`, 132008, 132012, 132018),
  ...row(
    'final',
    'No template that Direct Send made has this name. Correct direct_send_config of the message.',
    132021,
  ),
  ...row('final', `The template is paused. ${QUALITY}`, 132015),
  ...row('final', `The template is disabled. ${QUALITY}`, 132016),
  ...row('final', FLOW, 132068, 132069),

  // limits on what is sent
  ...row(
    'final',
    'Too much from this number was blocked or reported as spam. Send less and better; trying again makes it worse.',
    131048,
  ),
  ...row('final', CLASSIFICATION, 131064, 139200),
  ...row('final', MARKETING, 131055, 134100, 134102),
  ...row(
    'final',
    'Marketing templates are switched off for the Cloud API in this account. Switch them on in WhatsApp Manager.',
    131063,
  ),
]);

/** Meta’s subcode of 100: the object does not exist, or the token has no access to it. */
export const NO_OBJECT_SUBCODE = 33;
const NO_OBJECT: CodeEntry = {
  class: 'halt',
  advice:
    'Meta does not know this phone_number_id, or the token has no access to it. Correct phone_number_id or access_token of the profile, restart, then resume the profile.',
};

/** What a code means for a message. The subcode matters only for 100. Undefined if the code is not in the table. */
export const entryOf = (code: number, subcode?: number): CodeEntry | undefined =>
  code === 100 && subcode === NO_OBJECT_SUBCODE ? NO_OBJECT : ERROR_CODES.get(code);

/** Whether another access token could fix a profile that was refused with this code. 100 refuses a profile only with subcode 33. */
export const isAboutToken = (code: number | undefined): boolean => {
  if (code === 100) return true;
  const advice = code === undefined ? undefined : ERROR_CODES.get(code)?.advice;
  return advice === TOKEN || advice === NO_TOKEN || advice === PERMISSION;
};

/** What to do about a code that is not in the table. */
export const UNKNOWN_CODE_ADVICE = `The code is not known here: look it up on Meta’s page of error codes. ${SUPPORT}.`;
