import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: desk
initial_state: open
states:
  open: { actions: [send_approved, tell] }
actions:
  tell:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: Good day } } } }
  send_approved:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: template
            params:
              template:
                whatsapp_template_name: "{{stubpost.data.name}}"
                whatsapp_template_params_array: "~~stubpost.data.values"
                language: "~~stubpost.data.language"
`;
const CLIENT = '27825550100';
const WABA = '200000000000001';
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);

interface Asked {
  readonly name: string;
  readonly values?: unknown;
  readonly language?: string;
}

describe('WhatsApp templates', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ desk: TEMPLATE });
    stubref = await host.newStub('desk', `+${CLIENT}`);
    await untilListed('general_stub_update', 'APPROVED');
  });
  after(() => host.stop());

  const listed = async (name: string, language = 'en') => {
    const { items } = await host.ask('GET', `/api/whatsapp-templates?profile=main&name=${name}`);
    return items.find((item: { language: string }) => item.language === language);
  };
  const untilListed = (name: string, status: string, language?: string) =>
    until(`${name} to be ${status}`, async () => (await listed(name, language))?.status === status);

  /** What Meta's reviewers do. Many changes in ten seconds are read together. */
  async function review(name: string, status: string) {
    await host.wait(0.01);
    await host.ask('POST', `/emulator/templates/${name}/en/status`, { status });
    await untilListed(name, status);
  }

  /** A new template, made in the WhatsApp Manager. */
  async function make(name: string, language: string, body: string) {
    await host.wait(0.01);
    const response = await fetch(`${host.url}/emulator/graph/v25.0/${WABA}/message_templates`, {
      method: 'POST',
      headers: { authorization: 'Bearer emulator', 'content-type': 'application/json' },
      body: JSON.stringify({ name, language, category: 'UTILITY', components: [{ type: 'BODY', text: body }] }),
    });
    assert.equal(response.status, 200, await response.text());
    await untilListed(name, 'APPROVED', language);
  }

  const run = (data: Asked) => host.run(stubref, 'send_approved', { data });

  /** Sends it; what the client reads then. */
  async function sent(data: Asked) {
    const before = (await host.arrived(CLIENT)).length;
    const { stubpostuuid } = await run(data);
    const message = await host.untilNewest(CLIENT, before + 1);
    return { ...message, delivery: await host.untilDelivery(stubpostuuid, 'sent') };
  }

  /** The reason why it was not sent; Meta was not even asked. */
  async function refused(data: Asked) {
    const before = (await host.calls('/messages')).length;
    const { stubpostuuid } = await run(data);
    const { error } = (await host.untilDelivery(stubpostuuid, 'failed')).history.at(-1);
    assert.equal((await host.calls('/messages')).length, before);
    return error;
  }

  it('are listed with their status and what each takes', async () => {
    const { items, sync } = await host.ask('GET', '/api/whatsapp-templates?profile=main&limit=100');
    const row = (name: string) => items.find((item: { name: string }) => item.name === name);
    assert.deepEqual(row('general_stub_update').params, { header: 0, body: 2, buttons: 0 });
    assert.deepEqual(row('sample_photo').params, { header: 1, body: 1, buttons: 0 });
    assert.deepEqual(row('sample_tracking_link').params, { header: 0, body: 1, buttons: 1 });
    assert.deepEqual([row('sample_named').parameter_format, row('sample_named').params.header], ['NAMED', 1]);
    assert.deepEqual([row('sample_rejected').status, row('sample_rejected').rejected_reason], ['REJECTED', 'TAG_CONTENT_MISMATCH']); // biome-ignore format: one line reads best
    assert.equal(sync[0].templates, items.length);
  });

  it('go out to a client who has never written, with their values in place', async () => {
    const { text, payload } = await sent({ name: 'general_stub_update', values: ['parcel 4711', 'It is here.'] });
    assert.equal(text, 'News about parcel 4711: It is here. Thank you for your patience.');
    assert.equal(payload.template.language.code, 'en');
  });

  it('with a wrong count are refused: what the template takes, and what was given', async () => {
    const error = await refused({ name: 'general_stub_update', values: ['parcel 4711'] });
    assert.equal(error.code, 'whatsapp_template_params');
    assert.match(error.message, /takes 2 values \(header 0, body 2, buttons 0\); got 1/);
  });

  it('of an unknown name are refused with the one that was probably meant', async () => {
    const error = await refused({ name: 'general_stub_updat', values: ['a', 'b'] });
    assert.equal(error.code, 'whatsapp_template_unknown');
    assert.match(error.message, /no WhatsApp template "general_stub_updat".*Did you mean "general_stub_update"/);
  });

  it('in a language that is missing go out in the nearest one, and the stubpost says so', async () => {
    await make('order_ready', 'en_US', 'Your order {{1}} is ready.');
    const { text, payload, delivery } = await sent({ name: 'order_ready', values: ['4711'], language: 'en' });
    assert.deepEqual([text, payload.template.language.code], ['Your order 4711 is ready.', 'en_US']);
    assert.match(JSON.stringify(delivery.history), /not there in \\"en\\" and went out in \\"en_US\\"/);
    await make('nur_deutsch', 'de', 'Ihre Bestellung {{1}} ist da.');
    const error = await refused({ name: 'nur_deutsch', values: ['4711'], language: 'fr' });
    assert.equal(error.code, 'whatsapp_template_language_missing');
    assert.match(error.message, /not there in "fr"; it has: de/);
  });

  it('that Meta has rejected or paused are refused with its reason; once approved they go out', async () => {
    const rejected = await refused({ name: 'sample_rejected', values: ['Thandi'] });
    assert.equal(rejected.code, 'whatsapp_template_not_approved');
    assert.match(rejected.message, /"sample_rejected" in "en" is REJECTED \(TAG_CONTENT_MISMATCH\)/);
    await review('sample_rejected', 'APPROVED');
    assert.equal((await sent({ name: 'sample_rejected', values: ['Thandi'] })).text, 'Win a prize, Thandi!');
    await review('general_stub_update', 'PAUSED');
    const paused = await refused({ name: 'general_stub_update', values: ['a', 'b'] });
    assert.match(paused.message, /"general_stub_update" in "en" is PAUSED/);
  });

  it('that Meta pauses while the news of it is on its way fail with Meta’s own code', async () => {
    await host.fault({ kind: 'error_code', code: 132015, times: 1 });
    const { stubpostuuid } = await run({ name: 'order_ready', values: ['4711'], language: 'en_US' });
    const { error } = (await host.untilDelivery(stubpostuuid, 'failed')).history.at(-1);
    assert.deepEqual([error.code, error.provider_code], ['provider_refused', 132015]);
    assert.match(error.message, /template is paused/i);
  });

  it('that Meta takes and holds back until it has judged them say so on the stubpost', async () => {
    await host.fault({ kind: 'hold_template', times: 1 });
    const { stubpostuuid } = await run({ name: 'order_ready', values: ['4711'], language: 'en_US' });
    const { history } = await host.untilDelivery(stubpostuuid, 'sent');
    const accepted = history.find(({ status }: { status: string }) => status === 'accepted');
    assert.match(accepted.note, /holds it until it has judged the template/);
  });

  it('with named places take their values in order: header, body', async () => {
    const { payload } = await sent({ name: 'sample_named', values: ['4711', 'Thandi', 'Monday'] });
    assert.deepEqual(
      payload.template.components.map(
        ({ type, parameters }: { type: string; parameters: { parameter_name: string }[] }) => [
          type,
          ...parameters.map(({ parameter_name }) => parameter_name),
        ],
      ),
      [
        ['header', 'order_number'],
        ['body', 'first_name', 'day'],
      ],
    );
  });

  it('with a picture on top take a stored file, a button’s link its end, a quick reply its payload', async () => {
    const fileuuid = await host.upload(PNG, 'gate.png', 'image/png');
    const photo = await sent({ name: 'sample_photo', values: [fileuuid, 'your gate'] });
    const [header] = photo.payload.template.components;
    assert.deepEqual(Object.keys(header.parameters[0].image), ['id']);
    assert.equal(photo.text, 'Here is the photo of your gate that you asked for.');
    const link = await sent({ name: 'sample_tracking_link', values: ['4711', 'ABC'] });
    assert.deepEqual(link.payload.template.components[1], {
      type: 'button',
      sub_type: 'url',
      index: '0',
      parameters: [{ type: 'text', text: 'ABC' }],
    });
    const offer = await sent({ name: 'sample_offer', values: ['SPRING10', { payload: 'no-more' }] });
    assert.deepEqual(
      offer.payload.template.components.map(({ sub_type }: { sub_type: string }) => sub_type),
      ['copy_code', 'quick_reply'],
    );
    await host.clientSays(CLIENT, { tap: 'Stop offers' });
    const item = await until('the tap', async () => (await host.ask('GET', '/api/unrouted')).items[0]);
    assert.deepEqual([item.data.message, item.data.whatsapp_body.button.payload], ['Stop offers', 'no-more']);
  });

  it('take Meta’s own components too', async () => {
    const card = (index: number) => ({
      card_index: index,
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.org/a.jpg' } }] },
        { type: 'body', parameters: [{ type: 'text', text: `card ${index}` }] },
      ],
    });
    const components = [
      { type: 'body', parameters: [{ type: 'text', text: 'Thandi' }] },
      { type: 'carousel', cards: [card(0), card(1)] },
    ];
    const { text } = await sent({ name: 'sample_cards', values: components });
    assert.match(text, /Two things for you, Thandi/);
    const error = await refused({ name: 'sample_cards', values: ['Thandi'] });
    assert.match(error.message, /CAROUSEL: give Meta’s components/);
  });

  it('that Meta has paused cannot ask for consent either: what waits fails with the reason', async () => {
    await review('general_interaction_request', 'PAUSED');
    const stranger = await host.newStub('desk', '+27825550199', 'Sipho');
    const { stubpostuuid } = await host.run(stranger, 'tell');
    const { error } = (await host.untilDelivery(stubpostuuid, 'failed')).history.at(-1);
    assert.equal(error.code, 'interaction_request_failed');
    assert.match(error.message, /paused/i);
  });
});
