import type { Message } from './api.js';
import { ListSheet } from './list-sheet.js';
import { write } from './phone.js';
import { HERE } from './place-of-phone.js';
import { definitionOf, otherButtons } from './template-parts.js';

/** What stands below an interactive message, and what a tap on it sends. */
function ActionButtons({ message }: { message: Message }) {
  const { interactive } = message.payload;
  const { parameters } = interactive?.action ?? {};
  const about = { reply_to: message.id };
  switch (interactive?.type) {
    case 'list':
      return <ListSheet message={message} interactive={interactive} />;
    case 'cta_url':
      return (
        <a class="link" href={parameters?.url} target="_blank" rel="noreferrer noopener">
          {parameters?.display_text}
        </a>
      );
    case 'location_request_message':
      return (
        <button type="button" onClick={() => void write({ ...about, location: HERE })}>
          Send location
        </button>
      );
    case 'request_contact_info':
      return (
        <button type="button" onClick={() => void write({ ...about, contact_info: true })}>
          Share contact info
        </button>
      );
    case 'call_permission_request':
      return (
        <>
          <button type="button" onClick={() => void write({ ...about, call_permission: 'accept' })}>
            Allow calls
          </button>
          <button type="button" onClick={() => void write({ ...about, call_permission: 'reject' })}>
            Not now
          </button>
        </>
      );
    case 'address_message': {
      const values = { name: 'A. Client', address: '1 Sample Street', in_pin_code: '560001', city: 'Bengaluru' };
      const flow_reply = { name: 'address_message', body: 'Address', response_json: { values } };
      return (
        <button type="button" onClick={() => void write({ ...about, flow_reply })}>
          Send address
        </button>
      );
    }
    case 'catalog_message':
      return <span class="link">View catalogue</span>;
    case 'flow': {
      const response_json = { flow_token: parameters?.flow_token ?? 'unused' };
      return (
        <button type="button" onClick={() => void write({ ...about, flow_reply: { response_json } })}>
          {parameters?.flow_cta ?? 'Open'}
        </button>
      );
    }
    default:
      return null;
  }
}

/** Everything that can be tapped under a message to this phone. */
export function BubbleButtons({ message }: { message: Message }) {
  const { payload, buttons, direction } = message;
  if (direction === 'from_client') return null;
  const { template, interactive } = payload;
  const inSheetOrCards = interactive?.type === 'list' || interactive?.type === 'carousel';
  const replies = inSheetOrCards ? [] : buttons;
  const elsewhere = template ? otherButtons(definitionOf(template.name, template.language.code)) : [];
  return (
    <div class="buttons">
      {replies.map(({ id, title }) => (
        <button key={id} type="button" onClick={() => void write({ tap: title, reply_to: message.id })}>
          {title}
        </button>
      ))}
      {elsewhere.map((title) => (
        <span class="link" key={title}>
          {title}
        </span>
      ))}
      <ActionButtons message={message} />
    </div>
  );
}
