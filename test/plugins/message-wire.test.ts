import assert from 'node:assert/strict';
import { assertAsMetaDescribes } from '../support/meta-openapi.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';
import { EXAMPLES, FILES } from './message-examples.js';

const CLIENT = '27825550101';
/** The emulator holds these against what is there: a template of the account, a message of the chat. */
const OTHERS: readonly string[] = ['template', 'reaction'];
const PLAYED = EXAMPLES.filter(({ type }) => !OTHERS.includes(type));
const actionOf = (at: number): string => `send_${at}`;

const step = (message_type: string, params: unknown, more: object = {}) => ({
  send_to: { client: { type: 'contact_list', value: '_created_by' } },
  platforms: { meta_whatsapp: { message_type, params: { [message_type]: params }, ...more } },
});
const quote = '~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id';
const GONE = ['~~stub.data.nothing', 'it is on its way'];
const update = {
  whatsapp_template_name: 'general_stub_update',
  whatsapp_template_params_array: ['A', '~~stub.data.news'],
};

/** The store gives files ids of its own: those of the examples stand for where the stub keeps them. */
const inStub = (params: unknown): unknown =>
  JSON.parse(
    FILES.reduce(
      (text, { fileuuid }, at) => text.replaceAll(fileuuid, `~~stub.data.files[${at}].fileuuid`),
      JSON.stringify(params),
    ),
  );

/** A template with an action for each example. */
function stubTemplate(): string {
  const examples = PLAYED.map(({ type, params }, at) => [
    actionOf(at),
    { notifications: { n: step(type, inStub(params)) } },
  ]);
  const more = {
    react: { notifications: { n: step('reaction', { message_id: '{{stubpost.data.wamid}}', emoji: '👍' }) } },
    update: { notifications: { n: step('template', update) } },
    shift: { notifications: { n: step('template', { ...update, whatsapp_template_params_array: GONE }) } },
    ask: {
      notifications: { n: step('text', { body: 'When?' }, { stubsession: { set_new_with_timeout_hours: 1 } }) },
    },
    _update_from_whatsapp: { notifications: { n: step('text', { body: 'Noted' }, { quote }) } },
    caption: { notifications: { n: step('media', { files: ['~~stub.data.files[1]'], caption: 'Listen' }) } },
  };
  const actions = { ...Object.fromEntries(examples), ...more };
  return JSON.stringify({ initial_state: 'open', states: { open: { actions: Object.keys(actions) } }, actions });
}

describe('message types of meta_whatsapp: through the engine to the emulator', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ every_type: stubTemplate() });
    const data = { files: await uploaded(), news: 'it is on its way' };
    stubref = await host.newStub('every_type', `+${CLIENT}`, 'Thandi', { data });
    await host.clientSays(CLIENT, { text: 'Hello' });
    await until(
      'the window to be open',
      async () => (await host.ask('GET', '/api/conversations')).items[0]?.window.open,
    );
  });
  after(() => host.stop());

  /** File objects of the store, in the order of FILES. */
  async function uploaded(): Promise<unknown[]> {
    const form = new FormData();
    for (const { contentType, originalname = 'file' } of FILES)
      form.append('file', new Blob(['a few bytes'], { type: contentType }), originalname);
    const response = await fetch(`${host.url}/api/files`, { method: 'POST', body: form });
    assert.equal(response.status, 201);
    return ((await response.json()) as { items: unknown[] }).items;
  }

  async function sent(action: string, request: object = {}, isRaw = false) {
    const { stubpostuuid } = await host.run(stubref, action, request);
    const delivery = await until(`the delivery of ${action} to be sent`, async () => {
      const [delivery] = (await host.post(stubpostuuid)).notifications.n.deliveries;
      return ['sent', 'failed'].includes(delivery.status) && delivery;
    });
    assert.equal(delivery.status, 'sent', JSON.stringify(delivery));
    const { body } = (await host.calls('/messages')).at(-1);
    assert.equal(body.biz_opaque_callback_data, delivery.id);
    if (!isRaw) assertAsMetaDescribes(body);
    return delivery;
  }

  for (const [at, { type, what }] of PLAYED.entries())
    it(`the emulator takes ${type}: ${what}`, () => sent(actionOf(at), {}, type === 'raw'));

  it('a reaction to a message of the client', async () => {
    const { id } = (await host.chat(CLIENT)).find(({ direction }) => direction === 'from_client')!;
    await sent('react', { data: { wamid: id } });
  });

  it('a WhatsApp template of the account', async () => {
    await sent('update');
    assert.match((await host.arrived(CLIENT)).at(-1)!, /News about A: it is on its way/);
  });

  it('a value that a reference to nothing left out moves no other into its place', async () => {
    await until(
      'the account to be read',
      async () => (await host.ask('GET', '/api/whatsapp-templates')).items.length > 0,
    );
    const { stubpostuuid } = await host.run(stubref, 'shift');
    const [delivery] = (await host.post(stubpostuuid)).notifications.n.deliveries;
    assert.equal(delivery.status, 'failed');
    assert.equal(delivery.history[0].error.code, 'whatsapp_template_params');
    assert.match(
      delivery.history[0].error.message,
      /params_array\[0\] is ~~stub\.data\.nothing, and nothing is there\. The values behind it would take the wrong places/,
    );
  });

  it('a quote of the message that started the run', async () => {
    await sent('ask');
    await host.clientSays(CLIENT, { text: 'At ten' });
    const answer = await until('the answer', async () =>
      (await host.calls('/messages')).find(({ body }) => body.text?.body === 'Noted'),
    );
    const said = (await host.chat(CLIENT)).find(({ text }) => text === 'At ten')!;
    assert.deepEqual(answer.body.context, { message_id: said.id });
  });

  it('a caption that is left out is noted where the delivery begins', async () => {
    const { history } = await sent('caption');
    assert.match(history[0].note, /The caption was left out: WhatsApp shows none under audio/);
  });
});
