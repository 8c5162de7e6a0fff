import assert from 'node:assert/strict';
import { DESK, writesFirst } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CLIENT = '27825550777';
const MESSAGE = { from: CLIENT, timestamp: '1790000000', type: 'text' };

/** Texts that have broken programs before. */
const HARD: readonly (readonly [name: string, text: string])[] = [
  ['a NUL', 'before\u0000after'],
  ['emoji of several code points', '👩🏽‍🚀🇿🇦❤️‍🔥'],
  ['right-to-left marks', '\u202Eabc\u202C \u200Fשלום\u200E'],
  ['what looks like a placeholder', '{{stub.data.secret}} ~~org <b>&amp;</b> $HOME'],
  ['half a surrogate pair', 'x\uD83D y'],
  ['control characters and line ends', 'a\u0007b\r\nc\u2028d\u001b[31m'],
  ['64 KiB', 'é'.repeat(32_768)],
];

describe('Texts that are hard on programs', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
    stubref = await host.newStub('desk', `+${CLIENT}`, 'Thandi');
    await writesFirst(host, CLIENT);
    await host.ask('PUT', `/api/conversations/main/${CLIENT}/stubsession`, { stubref }, 202);
    await until('the session', async () => (await host.conversation(CLIENT)).stubsession?.stubref === stubref);
  });
  after(() => host.stop());

  for (const [name, text] of HARD) {
    it(`keeps ${name} that a client writes, in the text and in their name`, async () => {
      const known = (await host.posts(stubref)).length;
      const id = `wamid.${known}`;
      const contacts = [{ profile: { name: text.slice(0, 60) }, wa_id: CLIENT }];
      assert.equal(await host.webhook({ contacts, messages: [{ ...MESSAGE, id, text: { body: text } }] }), 200);
      const posts = await host.untilPosts(stubref, known + 1);
      const { message, data } = posts.at(-1);
      const { whatsapp_body, from_name } = data._incoming_whatsapp_data;
      assert.deepEqual([message, whatsapp_body.text.body, from_name], [text, text, text.slice(0, 60)]);
    });

    it(`sends ${name} as it is, or refuses it with a code that says why`, async () => {
      const { stubpostuuid } = await host.run(stubref, 'tell', { message: text });
      const [delivery] = (await host.post(stubpostuuid)).notifications.to_client.deliveries;
      if ([...text].length > 4_096) {
        const { error } = delivery.history.at(-1);
        assert.equal(error.code, 'validation_failed');
        assert.match(error.message, /32768 characters.*4096/);
      } else {
        await until('it to arrive', async () => (await host.arrived(CLIENT)).includes(asSent(text)));
      }
    });
  }
});

/** Half a pair is no text in UTF-8, so that Meta could not read it: it is replaced as everybody does. */
const asSent = (text: string): string => Buffer.from(text).toString();
