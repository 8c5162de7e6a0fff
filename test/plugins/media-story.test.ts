import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: parcel
initial_state: open
states:
  open: { actions: [tell, show] }
actions:
  tell:
    notifications:
      to_customer:
        send_to: { customer: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: { set_new_with_timeout_hours: 24 }
  show:
    notifications:
      to_customer:
        send_to: { customer: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: media
            params: { media: { files: ["~~stubpost.data.photo"], caption: Your parcel } }
`;
/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const CLIENT = '27825550101';
const photo = (caption?: string) => ({
  media: { kind: 'image', mime_type: 'image/png', file: PNG.toString('base64'), ...(caption && { caption }) },
});

describe('meta_whatsapp: files over the emulated Graph API', () => {
  let host: StoryHost;
  let stubref: string;

  before(async () => {
    host = await StoryHost.start({ parcel: TEMPLATE });
  });
  after(() => host?.stop());

  beforeEach(async () => {
    await host.clientSays(CLIENT, { text: 'hello' });
    stubref = await host.newStub('parcel', CLIENT);
    await host.run(stubref, 'tell', { message: 'Send us a picture.' });
    await until('the session', async () => (await host.conversation(CLIENT)).stubsession?.stubref === stubref);
  });

  it('a client’s picture is attached to the stubpost, and the words behind it come behind it', async () => {
    await host.clientSays(CLIENT, photo('my door'));
    await host.clientSays(CLIENT, { text: 'the green one' });
    const posts = await host.untilPosts(stubref, 4);
    const [picture, words] = posts.slice(2);
    assert.deepEqual([picture.message, words.message], ['my door', 'the green one']);
    const [file] = picture.attachments;
    assert.equal(file.contentType, 'image/png');
    assert.deepEqual(words.attachments, []);
    const content = Buffer.from(await (await fetch(`${host.url}/api/files/${file.fileuuid}`)).arrayBuffer());
    assert.deepEqual(content, PNG);
  });

  it('a picture that cannot be had is told with the reason', async () => {
    const image = { id: '999000111', mime_type: 'image/jpeg', sha256: 'x' };
    const message = { from: CLIENT, id: 'wamid.LOST', timestamp: '1700000000', type: 'image', image };
    await host.webhook({ contacts: [{ wa_id: CLIENT, profile: { name: 'Thandi' } }], messages: [message] });
    const [, , lost] = await host.untilPosts(stubref, 3);
    assert.equal(lost.message, '[image]');
    assert.deepEqual(lost.attachments, []);
    assert.equal(lost.data._incoming_whatsapp_data.media_error.code, 'media_unavailable');
  });

  it('a stored file goes to the client, uploaded once for two messages', async () => {
    const form = new FormData();
    form.append('file', new Blob([PNG], { type: 'image/png' }), 'parcel.png');
    const stored = await fetch(`${host.url}/api/files`, { method: 'POST', body: form });
    assert.equal(stored.status, 201);
    const [{ fileuuid }] = ((await stored.json()) as { items: [{ fileuuid: string }] }).items;
    const before = (await host.arrived(CLIENT)).length;
    for (const message of ['one', 'two']) await host.run(stubref, 'show', { message, data: { photo: fileuuid } });
    await host.untilArrived(CLIENT, before + 2);
    const requests = await host.ask('GET', '/emulator/requests');
    const uploads = JSON.stringify(requests).match(/"path":"[^"]*\/media"/g) ?? [];
    assert.equal(uploads.length, 1);
  });
});
