import { GraphError } from '../graph/graph-error.js';
import type { TapButton } from './checked-message.js';
import type { MediaKind, SentMedia } from './sent-media.js';
import { checkButtonComponents } from './template-buttons.js';
import { partOf, type TemplateComponent } from './template-definition.js';
import type { SentComponent, TemplateParameter } from './template-parameter.js';
import { expectCount, fill } from './template-text.js';

const HEADER_MAX = 60;
const BODY_MAX = 1024;

/** A template, or one of its cards, with what was sent for it. */
export interface Filled {
  readonly text: string;
  readonly buttons: readonly TapButton[];
  readonly media: readonly SentMedia[];
}

type Sent = Omit<SentComponent, 'type' | 'cards'> & { readonly type: string; readonly cards?: SentComponent['cards'] };
type HeaderPart = Extract<TemplateComponent, { type: 'HEADER' }>;

function fileOf(parameter: TemplateParameter, param: string): readonly SentMedia[] {
  if (parameter.type !== 'image' && parameter.type !== 'video' && parameter.type !== 'document') return [];
  const file: { id?: string | undefined; link?: string | undefined } =
    parameter.type === 'image' ? parameter.image : parameter.type === 'video' ? parameter.video : parameter.document;
  const kind: MediaKind = parameter.type;
  return [{ param: `${param}['${kind}']`, kind, id: file.id, link: file.link }];
}

function checkHeader(
  header: HeaderPart | undefined,
  given: readonly TemplateParameter[],
  named: boolean,
  param: string,
) {
  if (!header || header.format === 'TEXT') {
    fill('header', header?.text ?? '', given, { named, max: HEADER_MAX });
    return [];
  }
  expectCount('header', given.length, 1);
  const [parameter] = given;
  if (parameter!.type !== header.format.toLowerCase())
    throw new GraphError(
      132012,
      `header: Format mismatch, expected ${header.format}, received ${parameter!.type.toUpperCase()}`,
    );
  return fileOf(parameter!, `${param}['header']['parameters'][0]`);
}

function checkOffer(parts: readonly TemplateComponent[], sent: readonly Sent[]): void {
  const offer = partOf(parts, 'LIMITED_TIME_OFFER');
  const given = sent.find(({ type }) => type === 'limited_time_offer')?.parameters ?? [];
  expectCount('limited_time_offer', given.length, offer?.limited_time_offer.has_expiration ? 1 : 0);
  if (given[0] && given[0].type !== 'limited_time_offer')
    throw new GraphError(132012, `limited_time_offer: Format mismatch, received ${given[0].type.toUpperCase()}`);
}

function checkCards(parts: readonly TemplateComponent[], sent: readonly Sent[], named: boolean): readonly Filled[] {
  const cards = partOf(parts, 'CAROUSEL')?.cards ?? [];
  const given = sent.find(({ type }) => type === 'carousel')?.cards ?? [];
  if (given.length !== cards.length)
    throw new GraphError(
      132018,
      `carousel: number of cards (${given.length}) does not match that of the template (${cards.length})`,
    );
  return cards.map((card, at) => {
    const one = given.find(({ card_index }) => card_index === at);
    if (!one) throw new GraphError(132018, `carousel: no card has the card_index ${at}`);
    return fillParts(card.components, one.components, named, `carousel['cards'][${at}]`);
  });
}

/** Holds what was sent against the parts of a template: each parameter there, of the right kind, and no other. */
export function fillParts(
  parts: readonly TemplateComponent[],
  sent: readonly Sent[],
  named: boolean,
  param: string,
): Filled {
  const parametersOf = (type: string) => sent.find((component) => component.type === type)?.parameters ?? [];
  for (const type of ['header', 'body', 'carousel', 'limited_time_offer'])
    if (sent.filter((component) => component.type === type).length > 1)
      throw new GraphError(132018, `components: there are several of type ${type}.`);
  const media = checkHeader(partOf(parts, 'HEADER'), parametersOf('header'), named, param);
  const text = fill('body', partOf(parts, 'BODY')?.text ?? '', parametersOf('body'), { named, max: BODY_MAX });
  checkOffer(parts, sent);
  const buttons = checkButtonComponents(
    partOf(parts, 'BUTTONS')?.buttons ?? [],
    sent.filter(({ type }) => type === 'button'),
  );
  const cards = checkCards(parts, sent, named);
  return {
    text,
    buttons: [...buttons, ...cards.flatMap((card) => card.buttons)],
    media: [...media, ...cards.flatMap((card) => card.media)],
  };
}
