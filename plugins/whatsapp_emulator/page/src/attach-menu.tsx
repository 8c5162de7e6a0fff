import { useRef } from 'preact/hooks';
import { current, problem, quoted, write } from './phone.js';
import { HERE } from './place-of-phone.js';
import { PopupMenu } from './popup-menu.js';

/** What the control API takes in one body. */
const FILE_MAX = 17_000_000;

const kindOf = (mime: string): string =>
  ['image', 'video', 'audio'].find((kind) => mime.startsWith(`${kind}/`)) ?? 'document';

const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

const quoting = () => (quoted.value ? { reply_to: quoted.value.id } : {});

async function sendFile(file: File, caption: string): Promise<boolean> {
  if (file.size > FILE_MAX) {
    problem.value = `${file.name} has ${Math.ceil(file.size / 1e6)} MB; this page sends up to ${FILE_MAX / 1e6} MB.`;
    return false;
  }
  const mime_type = file.type || 'application/octet-stream';
  const kind = kindOf(mime_type);
  const media = {
    kind,
    mime_type,
    file: await base64Of(file),
    ...(kind === 'document' && { filename: file.name }),
    ...(caption && kind !== 'audio' && { caption }),
  };
  return write({ media, ...quoting() });
}

/** Sends what is not text: a file, with the words written so far as its caption; the place; the own card. */
export function AttachMenu({ caption, onSent }: { caption: () => string; onSent: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const onFile = async () => {
    const file = input.current?.files?.[0];
    if (file && (await sendFile(file, caption()))) onSent();
    if (input.current) input.current.value = '';
  };
  const card = () => {
    const { name, number } = current.value!;
    return [{ name: { formatted_name: name, first_name: name }, phones: number ? [{ phone: `+${number}` }] : [] }];
  };
  return (
    <>
      <input ref={input} type="file" hidden aria-label="File to send" onChange={() => void onFile()} />
      <PopupMenu kind="attach" symbol="+" label="Send something else">
        <button type="button" onClick={() => input.current?.click()}>
          Picture or file
        </button>
        <button type="button" onClick={() => void write({ location: HERE, ...quoting() })}>
          Location
        </button>
        <button type="button" onClick={() => void write({ contacts: card(), ...quoting() })}>
          Contact card
        </button>
      </PopupMenu>
    </>
  );
}
