import type { StoryHost } from './story-host.js';
import { until } from './until.js';

/** The smallest stub template that writes to its client; what they write within a day lands on the stub. */
export const DESK = `
template: desk
initial_state: open
states:
  open: { actions: [tell] }
actions:
  tell:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: { set_new_with_timeout_hours: 24 }
`;

/** The client writes first, so that there is a window. */
export async function writesFirst(host: StoryHost, client: string): Promise<void> {
  await host.clientSays(client, { text: 'Hello' });
  await until('the window', async () => (await host.conversation(client).catch(() => undefined))?.window.open);
}

/** Somebody with a stub of the template `desk`; their window is open unless they have not written. */
export async function newDeskClient(host: StoryHost, number: string, { hasWritten = true } = {}) {
  const stubref = await host.newStub('desk', `+${number}`, `Client ${number.slice(-4)}`);
  if (hasWritten) await writesFirst(host, number);
  const tell = async (message: string) => {
    const { stubpostuuid } = await host.run(stubref, 'tell', { message });
    const [{ id }] = (await host.post(stubpostuuid)).notifications.to_client.deliveries;
    return { id, until: (status: string) => host.untilDelivery(stubpostuuid, status) };
  };
  return { number, stubref, tell };
}
