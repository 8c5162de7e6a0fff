import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const to = 'send_to: { client: { type: contact_list, value: _created_by } }';
const TEMPLATE = `
template: shop
initial_state: open
states:
  open: { actions: [offer, show, pay, speak, tell] }
actions:
  offer:
    notifications:
      to_client:
        ${to}
        platforms:
          meta_whatsapp:
            message_type: buttons
            params:
              buttons:
                header: { type: image, image: "~~stubpost.data.picture" }
                body: Do you like it?
                buttons: [{ id: yes, title: Yes }]
            stubsession: { specificreply_uuid: offer-1 }
  show:
    notifications:
      to_client:
        ${to}
        platforms:
          meta_whatsapp:
            message_type: carousel
            params:
              carousel:
                body: Two of them
                cards:
                  - { header: { type: image, image: "~~stubpost.data.first" }, body: One, display_text: See, url: "https://example.org/1" }
                  - { header: { type: image, image: "~~stubpost.data.second" }, body: Two, display_text: See, url: "https://example.org/2" }
  pay:
    notifications:
      to_client:
        ${to}
        platforms:
          meta_whatsapp:
            message_type: raw
            params:
              raw:
                type: template
                template:
                  name: sample_photo
                  language: { code: en }
                  components:
                    - { type: header, parameters: [{ type: image, image: { fileuuid: "{{stubpost.data.picture}}" } }] }
                    - { type: body, parameters: [{ type: text, text: your gate }] }
  speak:
    notifications:
      to_client:
        ${to}
        platforms:
          meta_whatsapp:
            message_type: media
            params: { media: { files: ["~~stubpost.data.recording"], caption: Listen to this } }
  tell:
    notifications:
      to_client:
        ${to}
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: { set_new_with_timeout_hours: 24 }
`;
const bytes = (length: number) => new Uint8Array(randomBytes(length));

describe('Files inside of other messages', () => {
  let host: StoryHost;
  let clients = 0;
  before(async () => {
    host = await StoryHost.start({ shop: TEMPLATE });
  });
  after(() => host.stop());

  async function newClient({ hasWritten = true } = {}) {
    const number = `2782555${String(++clients).padStart(4, '0')}`;
    const stubref = await host.newStub('shop', `+${number}`, `Client ${clients}`);
    if (hasWritten) {
      await host.clientSays(number, { text: 'Hello' });
      await until('the window', async () => (await host.conversation(number).catch(() => undefined))?.window.open);
    }
    return { number, stubref };
  }
  const picture = (content = bytes(2_000)) => host.upload(content, 'a.png', 'image/png');
  const opened = async (id: string) =>
    Buffer.from(await (await fetch(`${host.url}/emulator/media/${id}`)).arrayBuffer());

  it('a picture over buttons is uploaded; a tap on its button is emitted under the reply’s own id', async () => {
    const { number, stubref } = await newClient();
    await host.run(stubref, 'tell', { message: 'first' });
    await host.untilArrived(number, 1);
    const content = bytes(2_000);
    await host.run(stubref, 'offer', { data: { picture: await picture(content) } });
    const { id, payload } = await host.untilNewest(number, 2);
    assert.deepEqual(await opened(payload.interactive.header.image.id), Buffer.from(content));
    const watch = host.watch('stubber.systems.notifications.whatsapp.incoming.main.specificreplyuuid.offer-1');
    await watch.open;
    await host.clientSays(number, { tap: 'Yes' });
    const event = await until('the event', () => watch.events[0]);
    assert.deepEqual([event.data.message, event.data.specificreply_uuid], ['Yes', 'offer-1']);
    // A tap on a card of a carousel comes as this too.
    const tap = { type: 'button_reply', button_reply: { id: 'red', title: 'Choose' } };
    const sent = { id: 'wamid.card', from: number, timestamp: String(Math.floor(Date.now() / 1_000)) };
    await host.webhook({ messages: [{ ...sent, context: { id }, type: 'interactive', interactive: tap }] });
    const card = await until('the tap on a card', () => watch.events[1]);
    assert.deepEqual([card.data.message, card.data.rule], ['Choose', 'specificreply']);
    await host.clientSays(number, { text: 'And thanks' });
    const posts = await host.untilPosts(stubref, 4);
    assert.equal(posts.at(-1).message, 'And thanks', 'the session’s stub gets the rest');
    watch.close();
  });

  it('each card has the picture of its own', async () => {
    const { number, stubref } = await newClient();
    const contents = [bytes(2_000), bytes(3_000)];
    const [first, second] = await Promise.all(contents.map((content) => picture(content)));
    await host.run(stubref, 'show', { data: { first, second } });
    const { payload } = await host.untilNewest(number, 1);
    for (const [at, card] of payload.interactive.action.cards.entries())
      assert.deepEqual(await opened(card.header.image.id), Buffer.from(contents[at]!));
  });

  it('a WhatsApp template in Meta’s own words takes a stored file and needs no window', async () => {
    const { number, stubref } = await newClient({ hasWritten: false });
    await host.run(stubref, 'pay', { data: { picture: await picture() } });
    const { text } = await host.untilNewest(number, 1);
    assert.equal(text, 'Here is the photo of your gate that you asked for.');
  });

  it('a caption that WhatsApp cannot show is left out, and the stubpost says so', async () => {
    const { number, stubref } = await newClient();
    const recording = await host.upload(bytes(2_000), 'note.ogg', 'audio/ogg');
    const { stubpostuuid } = await host.run(stubref, 'speak', { data: { recording } });
    const { payload } = await host.untilNewest(number, 1);
    assert.deepEqual(Object.keys(payload.audio).sort(), ['id', 'voice']);
    const { history } = await host.untilDelivery(stubpostuuid, 'sent');
    assert.match(JSON.stringify(history), /The caption was left out: WhatsApp shows none under audio/);
  });

  it('a file waits in the stash with its message, in its place between the others', async () => {
    const { number, stubref } = await newClient({ hasWritten: false });
    await host.run(stubref, 'tell', { message: 'one' });
    const uploads = (await host.calls('/media')).length;
    await host.run(stubref, 'show', { data: { first: await picture(), second: await picture() } });
    await host.run(stubref, 'tell', { message: 'three' });
    await host.untilArrived(number, 1);
    await until('all three to wait', async () => (await host.conversation(number)).stash.length === 3);
    assert.equal((await host.calls('/media')).length, uploads, 'nothing goes to Meta before the client agrees');
    await host.clientSays(number, { tap: 'Allow' });
    const arrived = await host.untilArrived(number, 4);
    assert.deepEqual(arrived.slice(1), ['one', 'Two of them', 'three']);
  });

  it('a token that has ended shows while a file goes up: the profile rests, and the message arrives once', async () => {
    const { number, stubref } = await newClient();
    const token = await host.fault({ kind: 'error_code', code: 190, profile: 'main', on: 'media' });
    await host.run(stubref, 'show', { data: { first: await picture(), second: await picture() } });
    await host.run(stubref, 'tell', { message: 'after it' });
    await until('the pause', async () => (await host.ask('GET', '/api/profiles')).items[0].queue.paused);
    assert.deepEqual(await host.arrived(number), []);
    await host.ask('DELETE', `/emulator/faults/${token}`);
    await host.wait(6 / 3_600);
    await host.ask('POST', '/api/profiles/main/resume');
    const texts = await until('both messages', async () => {
      await host.wait(1 / 3_600);
      const found = await host.arrived(number);
      return found.length >= 2 && found;
    });
    assert.deepEqual(texts, ['Two of them', 'after it']);
  });

  it('a quote finds the message that it quotes for 90 days of the product’s clock, and no longer', async () => {
    const { number, stubref } = await newClient();
    await host.run(stubref, 'offer', { data: { picture: await picture() } });
    const { id } = await host.untilNewest(number, 1);
    const tapped = async (name: string) => {
      const { now_ms } = await host.ask('GET', '/emulator/clock');
      const interactive = { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } };
      const message = { id: name, from: number, timestamp: String(Math.floor(now_ms / 1_000)), context: { id } };
      await host.webhook({ messages: [{ ...message, type: 'interactive', interactive }] });
      return until('it to be routed', async () => {
        const [trace] = (await host.conversation(number)).routing;
        return trace.message_id === name && trace.rule;
      });
    };
    await host.wait(89 * 24);
    assert.equal(await tapped('wamid.in-time'), 'specificreply');
    await host.wait(2 * 24);
    assert.equal(await tapped('wamid.too-late'), 'unsolicited');
  });
});
