import type { Message } from './api.js';
import { MediaView } from './media-view.js';
import { type Card, mediaOf, type SentComponent } from './payload.js';
import { write } from './phone.js';

/** A card, whether of an interactive carousel or of a template's. */
interface ShownCard {
  readonly media: ReturnType<typeof mediaOf>;
  readonly text: string | undefined;
  readonly link: { readonly title: string; readonly url: string } | undefined;
  readonly replies: readonly { readonly id: string; readonly title: string }[];
}

function ofInteractive({ header, body, action }: Card): ShownCard {
  const { display_text, url } = action?.parameters ?? {};
  const replies = (action?.buttons ?? []).flatMap((button) => button.quick_reply ?? button.reply ?? []);
  const link = url === undefined ? undefined : { title: display_text ?? url, url };
  return { media: mediaOf(header), text: body?.text, link, replies };
}

function ofTemplate(components: readonly SentComponent[]): ShownCard {
  const header = components.find(({ type }) => type.toLowerCase() === 'header')?.parameters?.[0];
  const body = components.find(({ type }) => type.toLowerCase() === 'body');
  const text = body?.parameters?.map((parameter) => parameter.text).join(' ');
  return { media: mediaOf(header), text, link: undefined, replies: [] };
}

const cardsOf = ({ payload }: Message): readonly ShownCard[] => [
  ...(payload.interactive?.action?.cards ?? []).map(ofInteractive),
  ...(payload.template?.components ?? []).flatMap((part) =>
    (part.cards ?? []).map((card) => ofTemplate(card.components ?? [])),
  ),
];

/** The cards of a carousel, side by side. */
export function CardRow({ message }: { message: Message }) {
  const cards = cardsOf(message);
  if (cards.length === 0) return null;
  return (
    <ul class="cards">
      {cards.map(({ media, text, link, replies }, at) => (
        <li key={at}>
          {media && <MediaView type={media[0]} media={media[1]} />}
          {text && <p>{text}</p>}
          {link && (
            <a href={link.url} target="_blank" rel="noreferrer noopener">
              {link.title}
            </a>
          )}
          {replies.map(({ id, title }) => (
            <button key={id} type="button" onClick={() => void write({ tap: id, reply_to: message.id })}>
              {title}
            </button>
          ))}
        </li>
      ))}
    </ul>
  );
}
