import type { Message } from './api.js';
import { CardRow } from './card-row.js';
import { MediaView } from './media-view.js';
import { type ContactCard, type Header, mediaOf, type Payload } from './payload.js';
import { definitionOf, headerMedia, partText } from './template-parts.js';

function Place({ location }: { location: NonNullable<Payload['location']> }) {
  const { latitude, longitude, name, address } = location;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <a class="place" href={map} target="_blank" rel="noreferrer noopener">
      <span class="pin" aria-hidden="true" />
      <span class="who">
        <strong>{name ?? 'Location'}</strong>
        <small>{address ?? `${latitude}, ${longitude}`}</small>
      </span>
    </a>
  );
}

function Contact({ card }: { card: ContactCard }) {
  const name = card.name?.formatted_name ?? card.phones?.[0]?.phone ?? 'Contact';
  const detail = card.phones?.[0]?.phone ?? card.emails?.[0]?.email;
  return (
    <span class="contact">
      <span class="avatar" aria-hidden="true">
        {name.slice(0, 1).toUpperCase()}
      </span>
      <span class="who">
        <strong>{name}</strong>
        {detail && <small>{detail}</small>}
      </span>
    </span>
  );
}

function Head({ header }: { header: Header | undefined }) {
  const media = mediaOf(header);
  return (
    <>
      {media && <MediaView type={media[0]} media={media[1]} />}
      {header?.text && <strong class="head">{header.text}</strong>}
    </>
  );
}

const WORDLESS: { readonly [type: string]: string } = {
  order: 'Order',
  revoke: 'Deleted a message that is not here',
  unsupported: 'This message cannot be shown here',
};

/** What a message says, by its type. `text` is its text as it stands now. */
export function BubbleContent({ message, text }: { message: Message; text: string }) {
  const { payload, type } = message;
  const { interactive, template } = payload;
  const media = mediaOf(payload);
  const definition = template && definitionOf(template.name, template.language.code);
  const words = text || (WORDLESS[type] ?? '');
  const isPlain = !payload.location && !payload.contacts;
  return (
    <>
      {media && <MediaView type={media[0]} media={media[1]} message={message} />}
      <Head header={interactive?.header ?? headerMedia(template)} />
      {partText(definition, 'HEADER') && <strong class="head">{partText(definition, 'HEADER')}</strong>}
      {payload.location && <Place location={payload.location} />}
      {payload.contacts?.map((card, at) => (
        <Contact key={at} card={card} />
      ))}
      {isPlain && words && <p class={text ? '' : 'note'}>{words}</p>}
      {payload.errors?.map(({ title }) => (
        <small key={title}>{title}</small>
      ))}
      {(interactive?.footer?.text ?? partText(definition, 'FOOTER')) && (
        <small class="foot">{interactive?.footer?.text ?? partText(definition, 'FOOTER')}</small>
      )}
      <CardRow message={message} />
    </>
  );
}
