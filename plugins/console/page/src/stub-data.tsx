import { Data } from './parts.js';

/** Keys of the last message or event, which every run merges into the data. They are raw and long. */
const isReceived = (key: string): boolean => key === 'heimdall' || key.startsWith('_');

/** The data of a stub; the data of the last message or event is collapsed. */
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
