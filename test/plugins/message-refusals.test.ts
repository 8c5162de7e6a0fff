import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MESSAGE_TYPES } from '../../plugins/meta_whatsapp/messages/message-types.js';
import { assertAsMetaDescribes } from '../support/meta-openapi.js';
import { EXAMPLES } from './message-examples.js';
import { buttons, list, REFUSALS, row } from './message-refusal-cases.js';
import { built, checkedSettings, checkedYaml } from './message-rig.js';

describe('message types of meta_whatsapp: refusals', () => {
  for (const [what, type, params, expected] of REFUSALS) {
    it(`${type}: ${what}, in YAML and once filled in`, async () => {
      const inYaml = checkedYaml(type, JSON.parse(JSON.stringify(params)));
      assert.equal(inYaml.length, 1, inYaml.join('\n'));
      assert.match(inYaml[0]!, expected);
      const refused = await built(type, params);
      assert.ok(!refused.ok);
      assert.match(refused.problem.message, expected);
    });
  }

  it('a list takes a header of text only', async () => {
    const params = { ...list({ rows: [row('a')] }), header: { type: 'image', image: { id: '1' } } };
    const refused = await built('list', params);
    assert.ok(!refused.ok);
    assert.match(refused.problem.message, /list\.header/);
    assert.match(checkedYaml('list', params).join('\n'), /list\.header\.type is "image"; it takes text/);
  });

  it('a header of a kind that is none is told those there are', async () => {
    const refused = await built('buttons', { ...buttons({ id: 'a', title: 'A' }), header: { type: 'gif', gif: {} } });
    assert.ok(!refused.ok);
    assert.match(refused.problem.message, /header\.type is text; it takes one of: text, image, video, document\./);
  });

  it('an empty emoji takes a reaction back', async () => {
    assert.ok((await built('reaction', { message_id: 'wamid.1', emoji: '' })).ok);
    for (const emoji of ['👍', '❤️', '🇿🇦', '1️⃣', '👨‍👩‍👧‍👦'])
      assert.ok((await built('reaction', { message_id: 'wamid.1', emoji })).ok, emoji);
  });

  it('raw leaves what it does not know to Meta', async () => {
    const params = { type: 'order_status', order_status: { anything: 1 }, context: { message_id: 'wamid.1' } };
    assert.deepEqual(await built('raw', params), { ok: true, payload: params, needsNoWindow: false });
  });

  it('no settings make a message type throw (property)', async () => {
    const name = fc.constantFrom(...MESSAGE_TYPES.map((type) => type.name));
    const json = fc.oneof(fc.jsonValue(), fc.constantFrom(...EXAMPLES.map(({ params }) => params)), fc.anything());
    await fc.assert(
      fc.asyncProperty(name, json, async (type, params) => {
        const answer = await built(type, params);
        if (!answer.ok) assert.ok(answer.problem.message.length > 10);
      }),
    );
  });

  it('names of JavaScript’s own are no types of raw', async () => {
    for (const type of ['__proto__', 'constructor', 'toString']) {
      const params = JSON.parse(`{"type": "${type}", "${type}": {}}`);
      await assert.doesNotReject(built('raw', params));
      assert.ok((await built('raw', { type: 'interactive', interactive: { type, action: {} } })).ok);
    }
  });

  it('Meta’s own description refuses what is wrong', () => {
    const envelope = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '+1' };
    assert.throws(() => assertAsMetaDescribes({ ...envelope, type: 'text', text: { body: 'x', bold: true } }));
    assert.throws(() => assertAsMetaDescribes({ ...envelope, type: 'image', image: {} }));
    const wrong = { type: 'button', body: { text: 'x' }, action: { buttons: [] } };
    assert.throws(() => assertAsMetaDescribes({ ...envelope, type: 'interactive', interactive: wrong }));
    assert.throws(() => assertAsMetaDescribes({ type: 'text', text: { body: 'x' } }));
  });
});

describe('settings of meta_whatsapp in YAML', () => {
  const text = { message_type: 'text', params: { text: { body: 'x' } } };

  it('a key one level too high is told where it belongs', () => {
    const said = checkedSettings({ message_type: 'text', params: { body: 'x' } });
    assert.match(said.join('\n'), /"body" is not a key .* Did you mean "params\.text\.body"\?/);
  });

  it('params of another type than the message’s are told', () =>
    assert.match(
      checkedSettings({ message_type: 'buttons', params: { list: {} } }).join('\n'),
      /"list" is not a key .*params.* What exists: buttons/,
    ));

  it('a message type that is none is told those there are', () => {
    const said = checkedSettings({ ...text, message_type: 'butons' });
    assert.equal(said.length, 1);
    for (const { name } of MESSAGE_TYPES) assert.ok(said[0]!.includes(name), `${said[0]} names ${name}`);
  });

  it('enable_lids is true or false', () => {
    assert.deepEqual(checkedSettings({ ...text, enable_lids: true }), []);
    assert.match(
      checkedSettings({ ...text, enable_lids: 'yes' }).join(),
      /enable_lids is "yes"; it takes true or false/,
    );
  });
});
