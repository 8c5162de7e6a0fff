import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { EmulatorRig, Receiver } from './whatsapp-emulator-rig.js';

const BUILT = existsSync(fileURLToPath(new URL('../../plugins/whatsapp_emulator/page/index.html', import.meta.url)));
const CLIENT = '27825550101';

describe('whatsapp_emulator: what the page reads', () => {
  let receiver: Receiver;
  let rig: EmulatorRig;

  before(async () => {
    receiver = new Receiver();
    rig = await EmulatorRig.start(await receiver.start());
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  it('is served with a policy that lets it show files of a chat, and nothing of other hosts', async function () {
    if (!BUILT) this.skip();
    const { headers, body } = await request(`${rig.url}/emulator`);
    await body.dump();
    assert.match(String(headers['content-security-policy']), /default-src 'self'; img-src 'self' blob:;/);
  });

  it('gets a file of a chat by its id, in a sandbox, and 404 for any other', async () => {
    const content = Buffer.from('<script>alert(1)</script>');
    const media = { kind: 'document', file: content.toString('base64'), mime_type: 'text/html' };
    const { id } = (await rig.as(CLIENT, { media })).body.payload.document;
    const answer = await request(`${rig.url}/emulator/media/${id}`);
    assert.deepEqual(Buffer.from(await answer.body.arrayBuffer()), content);
    assert.equal(answer.headers['content-security-policy'], 'sandbox');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal((await rig.call('GET', '/emulator/media/12345')).status, 404);
  });

  it('gets the commands that a business has set, with its account', async () => {
    const command = { command_name: 'track', command_description: 'Where is my parcel?' };
    await rig.graph('POST', '/100000000000001/conversational_automation', {
      messaging_product: 'whatsapp',
      commands: [command],
    });
    assert.deepEqual((await rig.call('GET', '/emulator/accounts')).body[0].commands, [command]);
  });

  it('gets everything about the clients, the one with the newest message first', async () => {
    await rig.as(CLIENT, { text: 'Hi', name: 'Thandi' });
    await rig.call('POST', '/emulator/clients', { user_id: 'US.77', name: 'Sam', username: 'sam.k' });
    const [sam, thandi] = (await rig.call('GET', '/emulator/clients')).body;
    const { last_at, client, identity_key_hash, ...rest } = sam;
    assert.match(last_at, /^\d{4}-/);
    assert.match(identity_key_hash, /=$/);
    assert.match(client, /^0\d{14}$/);
    assert.deepEqual(rest, {
      number: null,
      user_id: 'US.77',
      parent_user_id: null,
      name: 'Sam',
      username: 'sam.k',
      hide_number: true,
      marketing_stopped: false,
      typing: [],
    });
    assert.equal(thandi.number, CLIENT);
  });
});
