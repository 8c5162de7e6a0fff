import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: parcel
initial_state: open
states:
  open: { actions: [send_link] }
actions:
  send_link:
    notifications:
      to_all:
        send_to:
          customer: { type: contact_list, value: _created_by }
          driver: { type: mobile, value: "{{stub.data.driver}}" }
        platforms:
          meta_whatsapp:
            enable_lids: true
            message_type: cta_url
            params: { cta_url: { body: "Your own link, {{lid}}", display_text: Open, url: "https://example.org/p?lid={{lid}}" } }
`;
const [THANDI, SIPHO] = ['27825550101', '27825550102'];

describe('Links of one’s own, and messages without a stub', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ parcel: TEMPLATE });
    for (const client of [THANDI, SIPHO]) {
      await host.clientSays(client, { text: 'Hello' });
      await until('the window', async () => (await host.conversation(client).catch(() => undefined))?.window.open);
    }
  });
  after(() => host.stop());

  const lidIn = (url: string) => new URL(url).searchParams.get('lid')!;

  it('everybody gets a link of their own, and what comes back with it tells who it was, for a week', async () => {
    const stubref = await host.newStub('parcel', `+${THANDI}`, 'Thandi', { data: { driver: `+${SIPHO}` } });
    const { stubpostuuid } = await host.run(stubref, 'send_link');
    const lids = [];
    for (const client of [THANDI, SIPHO]) {
      const { text, payload } = await host.untilNewest(client, 1);
      const lid = lidIn(payload.interactive.action.parameters.url);
      assert.equal(text, `Your own link, ${lid}`);
      lids.push(lid);
    }
    const [customer, driver] = await Promise.all(lids.map((lid) => host.ask('GET', `/api/lids/${lid}`)));
    const [contact] = (await host.ask('GET', `/api/contacts?mobile=${THANDI}`)).items;
    const about = { stubref, stubpostuuid, notification: 'to_all' };
    assert.deepEqual(customer.data, { ...about, recipient: 'customer', contactuuid: contact.contactuuid });
    assert.deepEqual(driver.data, { ...about, recipient: 'driver' });
    assert.notEqual(lids[0], lids[1]);

    await host.wait(6 * 24);
    await host.ask('GET', `/api/lids/${lids[0]}`);
    await host.wait(2 * 24);
    const { error } = await host.ask('GET', `/api/lids/${lids[0]}`, undefined, 404);
    assert.equal(error.code, 'lid_unknown');
  });

  it('one message to one person needs no stub: it waits for consent, is sent once, and is seen among the deliveries', async () => {
    const stranger = '27835550103';
    const body = {
      to: '083 555 0103',
      platforms: { meta_whatsapp: { message_type: 'text', params: { text: { body: 'Your code is 12345' } } } },
    };
    const send = () =>
      fetch(`${host.url}/api/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'code-for-sipho' },
        body: JSON.stringify(body),
      }).then((answer) => answer.json() as Promise<{ deliveries: [{ id: string }] }>);
    const first = await send();
    assert.deepEqual(await send(), first, 'the same key is the same message');
    const [{ id }] = first.deliveries;
    const status = async () => (await host.ask('GET', `/api/deliveries/${id}`)).status;
    await until('it to wait', async () => (await status()) === 'stashed');
    await host.untilArrived(stranger, 1);
    await host.clientSays(stranger, { tap: 'Allow' });
    await until('the ticks', async () => (await status()) === 'delivered');
    assert.deepEqual((await host.arrived(stranger)).slice(1), ['Your code is 12345']);
    const [row, ...more] = (await host.ask('GET', `/api/deliveries?to=${stranger}`)).items.filter(
      (item: { id: string }) => item.id === id,
    );
    assert.deepEqual([row.origin, row.status, more.length], [undefined, 'delivered', 0]);
    await host.clientSays(stranger, { text: 'Thanks' });
    await until('the answer in the inbox', async () =>
      (await host.ask('GET', '/api/unrouted')).items.some(
        (item: { data: { message: string } }) => item.data.message === 'Thanks',
      ),
    );
  });

  it('a file, a WhatsApp template, or anything else goes out in the same way', async () => {
    await until(
      'the catalogue',
      async () => (await host.ask('GET', '/api/whatsapp-templates?profile=main')).items.length > 0,
    );
    const send = (message_type: string, params: object) =>
      host.ask('POST', '/api/send', { to: SIPHO, platforms: { meta_whatsapp: { message_type, params } } }, 202);
    await host.clientSays(SIPHO, { text: 'Hello again' });
    await until('the window', async () => (await host.conversation(SIPHO)).window.open);
    const fileuuid = await host.upload(new Uint8Array([37, 80, 68, 70]), 'terms.pdf', 'application/pdf');
    const before = (await host.arrived(SIPHO)).length;
    await send('media', { media: { files: fileuuid, caption: 'The terms' } });
    const media = await host.untilNewest(SIPHO, before + 1);
    assert.deepEqual([media.type, media.text, media.payload.document.filename], ['document', 'The terms', 'terms.pdf']);
    const values = ['parcel 4711', 'It is here.'];
    await send('template', {
      template: { whatsapp_template_name: 'general_stub_update', whatsapp_template_params_array: values },
    });
    assert.match((await host.untilNewest(SIPHO, before + 2)).text, /parcel 4711: It is here\./);
  });

  const button = { id: 'a', title: 'Fine' };
  const slips: readonly (readonly [message_type: string, params: object, says: RegExp])[] = [
    ['lst', {}, /message_type: is a string; it takes one of: text, template, .* Did you mean "list"\?/],
    ['text', { body: 'x' }, /params\.text: is missing; it takes an object\. .*params\.body: there is no such key/],
    ['text', { text: { body: '' } }, /text\.body: has 0 characters; WhatsApp takes 1 to 4096\.$/],
    ['buttons', { buttons: { body: 'x', header: { type: 'image' }, buttons: [button] } }, /header\.image: /],
    ['buttons', { buttons: { body: 'x', header: { type: 'sound' }, buttons: [button] } }, /header\.type: is a string; it takes one of: text, image, video, document/],
    ['contacts', { contacts: { name: 'Thandi' } }, /contacts\.name: is a string; it takes (a list or an object|an object or a list)/],
    ['contacts', { contacts: { name: { formatted_name: 'T' } } }, /contacts\.name: has formatted_name only/],
    ['carousel', { carousel: { body: 'x', cards: [{ body: 'x' }, { body: 'y' }] } }, /cards\.0\.\w+: is missing/],
    ['template', { template: { whatsapp_template_name: 'a', whatsapp_template_params_array: 'x' } }, /params_array: is a string; it takes a list\.$/],
  ]; // biome-ignore format: a table reads best
  for (const [message_type, params, says] of slips) {
    it(`${message_type} ${JSON.stringify(params)} is refused: what is wrong, and where`, async () => {
      const platforms = { meta_whatsapp: { message_type, params } };
      const { error } = await host.ask('POST', '/api/send', { to: THANDI, platforms }, 422);
      assert.equal(error.code, 'validation_failed');
      assert.match(error.message, says);
    });
  }
});
