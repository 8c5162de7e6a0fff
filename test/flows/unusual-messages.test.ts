import assert from 'node:assert/strict';
import { DESK, writesFirst } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';

const CLIENT = '27825550100';

describe('Unusual messages of clients', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
    stubref = await host.newStub('desk', `+${CLIENT}`);
    await writesFirst(host, CLIENT);
    await host.run(stubref, 'tell', { message: 'Good day' });
    await host.untilArrived(CLIENT, 1);
  });
  after(() => host.stop());

  async function received(message: object) {
    const known = (await host.posts(stubref)).length;
    await host.clientSays(CLIENT, message);
    return (await host.untilPosts(stubref, known + 1)).at(-1);
  }

  const cases: readonly (readonly [what: string, does: object, message: RegExp])[] = [
    ['a poll, which the API cannot carry', { unsupported: { type: 'poll' } }, /^\[not shown by WhatsApp: poll\] .*131051$/],
    ['a file that is too large for Meta', { too_large: true }, /^\[not shown by WhatsApp\] Media file size too big.*131052$/],
    ['a kind that will be invented tomorrow', { raw: { type: 'hologram', hologram: { depth: 3 } } }, /^\[hologram\]$/],
    ['a kind named as if it were part of an object', { raw: { type: '__proto__' } }, /^\[__proto__\]$/],
    ['a message without any content', { raw: { type: 'text', text: null } }, /^$/],
    ['somebody else’s card', { contacts: [{ name: { formatted_name: 'Sipho' }, phones: [{ phone: '+27 83 555 0102' }] }] }, /^\[contacts\] Sipho$/],
    ['a place without a name', { location: { latitude: -33.9, longitude: 18.4 } }, /^\[location\] -33\.9, 18\.4$/],
    ['a form whose answer is broken', { flow_reply: { body: '', name: 'survey', response_json: '{"a":' } }, /^\[form\] survey \(its answer is not JSON\)$/],
    ['a message that was forwarded often', { text: 'Pass it on', forwarded: 'frequently' }, /^Pass it on$/],
    ['a message that an ad brought', { text: 'How much?', referral: { source_type: 'ad', source_id: '1', headline: 'Boxes' } }, /^How much\?$/],
  ]; // biome-ignore format: a table reads best
  for (const [what, does, message] of cases) {
    it(`${what}: the log says so, and Meta’s own words are kept`, async () => {
      const post = await received(does);
      assert.match(post.message, message);
      assert.deepEqual(post.attachments, []);
      const { id } = (await host.chat(CLIENT)).at(-1)!;
      assert.equal(post.data._incoming_whatsapp_data.whatsapp_body.id, id);
    });
  }
});
