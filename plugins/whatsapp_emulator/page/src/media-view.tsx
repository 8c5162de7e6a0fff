import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, type Message } from './api.js';
import type { MediaObject, MediaType } from './payload.js';
import { act } from './phone.js';

/** The file's address in this page; undefined while it loads, empty where the emulator does not have it. */
function useFile(id: string | undefined): string | undefined {
  const url = useSignal<string | undefined>(undefined);
  useEffect(() => {
    let made = '';
    let left = false;
    const load = async () => {
      const file = id === undefined ? undefined : await api.media(id).catch(() => undefined);
      if (left) return;
      made = file ? URL.createObjectURL(file) : '';
      url.value = made;
    };
    void load();
    return () => {
      left = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [id, url]);
  return url.value;
}

/** A link is not followed: the page shows nothing from other hosts. */
function Linked({ type, media }: { type: MediaType; media: MediaObject }) {
  const name = media.filename ?? media.link?.split('/').at(-1) ?? media.id ?? type;
  return (
    <span class="file">
      <span class="file-kind">{type}</span>
      {media.link && /^https?:/.test(media.link) ? (
        <a href={media.link} target="_blank" rel="noreferrer noopener">
          {name}
        </a>
      ) : (
        <span>{name}</span>
      )}
    </span>
  );
}

/** A picture, a film, a recording or a document. */
export function MediaView({ type, media, message }: { type: MediaType; media: MediaObject; message?: Message }) {
  const url = useFile(media.id);
  if (!url) return <Linked type={type} media={media} />;
  const listen = () => {
    if (message?.direction === 'to_client' && message.type === 'audio' && message.status !== 'played')
      void act((client) => api.played(client, message.id));
  };
  if (type === 'image' || type === 'sticker')
    return <img class={type} src={url} alt={media.caption ?? (type === 'image' ? 'Picture' : 'Sticker')} />;
  if (type === 'video')
    return (
      // biome-ignore lint/a11y/useMediaCaption: what clients send has no captions
      <video class="video" src={url} controls preload="metadata" />
    );
  if (type === 'audio')
    return (
      // biome-ignore lint/a11y/useMediaCaption: what clients send has no captions
      <audio src={url} controls preload="metadata" onPlay={listen} />
    );
  const name = media.filename ?? 'Document';
  return (
    <a class="file" href={url} download={name}>
      <span class="file-kind">{name.split('.').at(-1)?.slice(0, 4).toUpperCase()}</span>
      {name}
    </a>
  );
}
