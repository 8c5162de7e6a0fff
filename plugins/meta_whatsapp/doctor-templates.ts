import type { Finding, JsonObject } from '../../core/index.js';
import { isLike } from './messages/template-language.js';
import { slotCounts } from './messages/template-slots.js';
import type { WhatsAppTemplate } from './messages/whatsapp-template.js';
import type { Profile } from './profile.js';

/** A WhatsApp template that the product sends of its own accord, and what it must be like. */
interface Needed {
  readonly name: string;
  readonly purpose: string;
  readonly bodyParameters: number;
  readonly quickReplies: number;
  /** Without it something does not work at all. */
  readonly isRequired: boolean;
  readonly components: readonly JsonObject[];
}

/** Meta refuses a text that begins or ends with a parameter, and one without examples. */
const request = ({ interaction_request }: Profile): Needed => ({
  name: interaction_request.template,
  purpose: 'asks a client whose window is closed for consent',
  bodyParameters: 1,
  quickReplies: 2,
  isRequired: true,
  components: [
    {
      type: 'BODY',
      text: 'Hello! {{1}} has an update for you and would like to send it here. Is that all right?',
      example: { body_text: [['Demo Parcels']] },
    },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Allow' },
        { type: 'QUICK_REPLY', text: 'Reject' },
      ],
    },
  ],
});

const UPDATE: Needed = {
  name: 'general_stub_update',
  purpose: 'tells who writes and what, to clients whose window is closed',
  bodyParameters: 2,
  quickReplies: 0,
  isRequired: false,
  components: [
    {
      type: 'BODY',
      text: 'News about {{1}}: {{2}} Thank you for your patience.',
      example: { body_text: [['your parcel', 'It arrives on Monday at noon.']] },
    },
  ],
};

/** Whether the account has the WhatsApp templates that the product needs; what to create where it has not. Pure. */
export function templateFindings(profile: Profile, listed: readonly WhatsAppTemplate[]): readonly Finding[] {
  return [request(profile), UPDATE].map((needed) => findingOf(needed, profile, listed));
}

function findingOf(needed: Needed, profile: Profile, listed: readonly WhatsAppTemplate[]): Finding {
  const { name, purpose, isRequired } = needed;
  const { language } = profile;
  const missing = isRequired ? 'problem' : 'warning';
  const named = listed.filter((template) => template.name === name);
  const found =
    named.find((template) => template.language === language) ??
    named.find((template) => isLike(template.language, language) && template.status === 'APPROVED'); // as it is sent
  if (!found) {
    const others = named.map((template) => template.language);
    const there = others.length > 0 ? ` There is one in: ${others.join(', ')}.` : '';
    const message = `there is no WhatsApp template "${name}" in the language "${language}", which ${purpose}.${there}`;
    return { level: missing, message, todo: howToCreate(needed, profile) };
  }
  const label = `the WhatsApp template "${name}" (${found.language})`;
  const wrong = shapeProblem(needed, found);
  if (wrong) {
    const todo = `Edit it in Meta's WhatsApp Manager, or delete it there and create it so.\n${howToCreate(needed, profile)}`;
    return { level: 'problem', message: `${label} ${wrong}`, todo };
  }
  if (found.status === 'APPROVED') return { level: 'ok', message: `${label} is approved` };
  if (found.status === 'PENDING' || found.status === 'IN_APPEAL') {
    return {
      level: missing,
      message: `${label} is ${found.status}: only APPROVED sends`,
      todo: 'Wait for its approval.',
    };
  }
  const reason = found.rejected_reason ? ` (${found.rejected_reason})` : '';
  const todo = "See why in Meta's WhatsApp Manager, and edit it there.";
  return { level: missing, message: `${label} is ${found.status}${reason}: only APPROVED sends`, todo };
}

function shapeProblem({ bodyParameters, quickReplies }: Needed, found: WhatsAppTemplate): string | undefined {
  const { header, body, buttons } = slotCounts(found);
  if (found.parameter_format === 'NAMED') return 'has named parameters; expected {{1}}';
  if (body !== bodyParameters) return `has ${body} parameters in its body; expected ${bodyParameters}`;
  if (header > 0 || buttons > 0) return 'has parameters in its header or buttons; expected none there';
  const replies = found.components
    .flatMap((component) => (Array.isArray(component['buttons']) ? (component['buttons'] as JsonObject[]) : []))
    .map(({ type }) => type);
  if (quickReplies > 0 && (replies.length !== quickReplies || replies.some((type) => type !== 'QUICK_REPLY')))
    return `has the buttons (${replies.join(', ') || 'none'}); expected ${quickReplies} of QUICK_REPLY`;
  return undefined;
}

/** The call that creates it, ready to be pasted; the token stays in the environment. */
function howToCreate({ name, components }: Needed, { language, waba_id, graph_url, graph_version }: Profile): string {
  const body = JSON.stringify({ name, language, category: 'UTILITY', components });
  const base = graph_url === 'emulator' ? '<the emulator>/emulator/graph' : graph_url.replace(/\/$/, '');
  return [
    language.startsWith('en')
      ? 'Create it, and wait for its approval:'
      : `Create it, with its texts in the language "${language}", and wait for its approval:`,
    `curl -X POST '${base}/${graph_version}/${waba_id}/message_templates' \\`,
    `  -H "Authorization: Bearer $WHATSAPP_ACCESS_TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '${body}'`,
  ].join('\n');
}
