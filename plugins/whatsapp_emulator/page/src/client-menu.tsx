import { api, type Client } from './api.js';
import { act, addClient } from './phone.js';
import { PopupMenu } from './popup-menu.js';

/** Who this client is to the business: number shown or hidden, another number or id, marketing stopped. */
export function ClientMenu({ client }: { client: Client }) {
  const { number, hide_number, marketing_stopped } = client;
  const changeNumber = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const to = String(new FormData(form).get('to'));
    form.reset();
    form.closest('details')!.open = false;
    void act((each) => api.changeNumber(each, to));
  };
  return (
    <PopupMenu kind="of-client" symbol="⋮" label={`Client: ${client.name}`}>
      {number && (
        <button type="button" onClick={() => void act((each) => api.change(each, { hide_number: !hide_number }))}>
          {hide_number ? 'Show the number' : 'Hide the number'}
        </button>
      )}
      <button type="button" onClick={() => void act((each) => api.rotate(each))}>
        New user id
      </button>
      <button type="button" onClick={() => void act((each) => api.changeIdentityKey(each))}>
        New identity key
      </button>
      <button type="button" onClick={() => void act((each) => api.marketing(each, !marketing_stopped))}>
        {marketing_stopped ? 'Resume marketing' : 'Stop marketing'}
      </button>
      {number && (
        <button type="button" onClick={() => void addClient(`+${number}`, '', true)}>
          Number goes to another person
        </button>
      )}
      <form class="menu-form" onSubmit={changeNumber}>
        <input name="to" type="tel" aria-label="New number" placeholder="New number" required />
        <button type="submit">Change</button>
      </form>
    </PopupMenu>
  );
}
