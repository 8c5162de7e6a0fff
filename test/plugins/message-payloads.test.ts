import assert from 'node:assert/strict';
import { MESSAGE_TYPES } from '../../plugins/meta_whatsapp/messages/message-types.js';
import { assertAsMetaDescribes } from '../support/meta-openapi.js';
import { EXAMPLES } from './message-examples.js';
import { asSent, built, checkedYaml } from './message-rig.js';

describe('message types of meta_whatsapp: what goes on the wire', () => {
  it('every message type has an example', () => {
    assert.deepEqual(
      MESSAGE_TYPES.map(({ name }) => name).filter((name) => !EXAMPLES.some(({ type }) => type === name)),
      [],
    );
  });

  for (const { type, what, params, payload, world } of EXAMPLES) {
    it(`${type}: ${what}, as Meta describes it`, async () => {
      assert.deepEqual(checkedYaml(type, params), []);
      const message = await built(type, params, world);
      assert.ok(message.ok, JSON.stringify(message));
      assert.deepEqual(JSON.parse(JSON.stringify(message.payload)), payload);
      assert.equal(message.needsNoWindow, type === 'template');
      if (type === 'raw') assertAsMetaDescribes(asSent(payload));
    });
  }

  it('raw of a template needs no window either', async () => {
    const message = await built('raw', { type: 'template', template: { name: 'update', language: { code: 'en' } } });
    assert.ok(message.ok && message.needsNoWindow);
  });
});
