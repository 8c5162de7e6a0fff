import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const NUMBER = '27825550133';

describe('A client whose number WhatsApp hides', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({
      support: readFileSync('config/templates/support.yaml', 'utf8'),
      messages: readFileSync('config/templates/messages.yaml', 'utf8'),
    });
  });
  after(() => host.stop());

  it('is answered by user id, shares the number when asked, and is one person from then on', async () => {
    const { user_id } = await host.ask(
      'POST',
      '/emulator/clients',
      { number: NUMBER, name: 'Thandi', hide_number: true },
      201,
    );
    await host.clientSays(NUMBER, { text: 'Hello' });
    const made = await until('a case', async () => (await host.ask('GET', '/api/stubs?template=support')).items[0]);
    const [, first] = await host.untilPosts(made.stubref, 2);
    const incoming = first.data._incoming_whatsapp_data;
    assert.deepEqual([incoming.from, incoming.from_user_id], [undefined, user_id]);
    await host.run(made.stubref, 'answer', { data: { text: 'Good day' } });
    assert.deepEqual(await host.untilArrived(NUMBER, 1), ['Good day']);

    const [contact] = (await host.ask('GET', `/api/stubs/${made.stubref}`)).contact_lists._created_by.contactuuids;
    const ask = await host.ask(
      'POST',
      '/api/stubs',
      { template: 'messages', contact_lists: { _created_by: [contact] } },
      201,
    );
    await host.run(ask.stubref, 'ask_contact_info');
    await host.untilArrived(NUMBER, 2);
    await host.clientSays(NUMBER, { contact_info: true });
    const shared = (await host.untilPosts(ask.stubref, 3)).at(-1);
    assert.equal(shared.message, '[contacts] Thandi');

    const { client, number, aliases } = await until('the link', () => host.conversation(NUMBER).catch(() => undefined));
    assert.deepEqual([client, number, aliases], [NUMBER, NUMBER, [user_id]]);
    await host.run(made.stubref, 'answer', { data: { text: 'Thank you' } });
    await host.untilArrived(NUMBER, 3);
    await host.run(await host.newStub('messages', `+${NUMBER}`), 'send_link');
    const texts = await host.untilArrived(NUMBER, 4);
    assert.deepEqual(
      texts.slice(2),
      ['Thank you', 'Follow your parcel on the map.'],
      'no request: one window for both',
    );
    assert.equal((await host.ask('GET', '/api/conversations')).items.length, 1);
  });

  it('is not taken for somebody else, whose card they send along', async () => {
    const other = '27825550144';
    await host.ask('POST', '/emulator/clients', { number: other, name: 'Sipho', hide_number: true }, 201);
    await host.clientSays(other, {
      contacts: [
        { name: { formatted_name: 'Thandi' }, phones: [{ phone: `+${NUMBER}`, wa_id: NUMBER }], origin: 'other' },
      ],
    });
    await until('the case', async () => (await host.ask('GET', '/api/stubs?template=support')).items.length === 2);
    assert.equal((await host.ask('GET', '/api/conversations')).items.length, 2);
    assert.equal((await host.conversation(NUMBER)).name, 'Thandi');
  });
});
