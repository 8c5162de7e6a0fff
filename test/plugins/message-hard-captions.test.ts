import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CLIENT = '27825550190';
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const TEMPLATE = `
template: pictures
initial_state: open
states:
  open: { actions: [show] }
actions:
  show:
    notifications:
      n:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: media
            params: { media: { files: ["~~stubpost.data.file"], caption: "{{stubpost.message}}" } }
`;
/** Texts that have broken programs before. */
const HARD: readonly (readonly [name: string, text: string])[] = [
  ['a NUL', 'before\u0000after'],
  ['emoji of several code points', '👩🏽‍🚀🇿🇦❤️‍🔥'],
  ['right-to-left marks', '\u202Eabc\u202C \u200Fשלום\u200E'],
  ['what looks like a placeholder', '{{stub.data.secret}} ~~org <b>&amp;</b>'],
  ['1,024 characters of two units each', '😀'.repeat(1_024)],
  ['64 KiB', 'é'.repeat(32_768)],
];

describe('meta_whatsapp: captions and names of files that are hard on programs', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ pictures: TEMPLATE });
    await host.clientSays(CLIENT, { text: 'Hello' });
    stubref = await host.newStub('pictures', `+${CLIENT}`);
    await until('the conversation', () => host.conversation(CLIENT).catch(() => undefined));
    await host.ask('PUT', `/api/conversations/main/${CLIENT}/stubsession`, { stubref }, 202);
    await until('the session', async () => (await host.conversation(CLIENT)).stubsession?.stubref === stubref);
  });
  after(() => host.stop());

  for (const [name, text] of HARD) {
    it(`keeps ${name} in a client’s caption and file name, and gives the file back`, async () => {
      const known = (await host.posts(stubref)).length;
      const file = PNG.toString('base64');
      const filename = `${[...text].slice(0, 60).join('')}/../x.pdf`;
      await host.clientSays(CLIENT, {
        media: { kind: 'document', mime_type: 'application/pdf', file, caption: text, filename },
      });
      const post = (await host.untilPosts(stubref, known + 1)).at(-1);
      const [attached] = post.attachments;
      assert.equal(post.message, text);
      assert.equal(post.data._incoming_whatsapp_data.whatsapp_body.document.filename, filename);
      assert.doesNotMatch(attached.filename, /[/\\\0]/);
      assert.deepEqual(await host.download(attached.fileuuid), PNG);
    });

    it(`sends ${name} as a caption, or refuses it with a code that says why`, async () => {
      const data = { file: await host.upload(new Uint8Array(PNG), 'p.png', 'image/png') };
      const { stubpostuuid } = await host.run(stubref, 'show', { message: text, data });
      if ([...text].length > 1_024) {
        const { error } = (await host.untilDelivery(stubpostuuid, 'failed')).history.at(-1);
        assert.equal(error.code, 'validation_failed');
        assert.match(error.message, /32768 characters.*1024/);
      } else {
        await host.untilDelivery(stubpostuuid, 'sent');
        assert.equal((await host.arrived(CLIENT)).at(-1), text);
      }
    });
  }
});
