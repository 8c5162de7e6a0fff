import { Data } from './parts.js';

/** What came with the last message or event, which every run merges into the data: as received, and long. */
const isReceived = (key: string): boolean => key === 'heimdall' || key.startsWith('_');

/** The data of a stub; what a message or an event brought along is folded away. */
export function StubData({ data }: { readonly data: object }) {
  const own = Object.fromEntries(Object.entries(data).filter(([key]) => !isReceived(key)));
  const received = Object.entries(data).filter(([key]) => isReceived(key));
  return (
    <>
      <Data value={own} />
      {received.map(([key, value]) => (
        <details key={key}>
          <summary>
            <code>{key}</code>, as last received
          </summary>
          <Data value={value} />
        </details>
      ))}
    </>
  );
}
