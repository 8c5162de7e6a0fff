import assert from 'node:assert/strict';
import { checkedYaml } from './message-rig.js';

const list = (...sections: unknown[]) => ({ body: { text: 'x' }, action: { button: 'x', sections } });
const link = (part: object) => ({
  header: { type: 'image', image: { link: 'https://a.b/1.jpg' } },
  display_text: 'x',
  url: 'https://a.b',
  ...part,
});
const interactive = (part: object) => ({ type: 'interactive', interactive: part });

describe('message types of meta_whatsapp: placeholders in YAML', () => {
  const cases: readonly (readonly [type: string, params: unknown])[] = [
    ['text', { body: '{{stub.data.x}}', preview_url: '~~stub.data.p' }],
    ['text', '~~stub.data.params'],
    ['template', { whatsapp_template_name: '{{stub.data.name}}', whatsapp_template_params_array: '~~stub.data.list' }],
    [
      'template',
      {
        whatsapp_template_name: 'a',
        whatsapp_template_params_array: ['{{stub.data.x}}', '~~stub.data.f'],
        language: '~~stub.data.l',
      },
    ],
    ['media', { files: '~~stub.data.files', kind: '{{stub.data.kind}}', caption: '{{stub.data.c}}' }],
    ['media', { files: ['~~stub.data.files[0]'] }],
    ['buttons', { header: '~~stub.data.h', body: '{{stub.data.b}}', buttons: '~~stub.data.buttons' }],
    [
      'buttons',
      {
        body: 'x',
        header: { type: '{{stub.data.kind}}', image: '~~stub.data.f' },
        buttons: [
          { id: '{{stub.data.a}}', title: '{{stub.data.a}}' },
          { id: '{{stub.data.a}}', title: '{{stub.data.a}}' },
        ],
      },
    ],
    ['buttons', { body: 'x', buttons: ['a', 'b', 'c', 'd'].map((name) => `~~stub.data.${name}`) }],
    [
      'list',
      {
        body: { text: '{{stub.data.x}}' },
        action: { button: 'x', sections: ['~~stub.data.s', { rows: ['~~stub.data.r'] }] },
      },
    ],
    [
      'contacts',
      {
        name: '~~stub.data.name',
        phones: ['~~stub.data.p'],
        birthday: '{{stub.data.b}}',
        urls: [{ url: '{{stub.data.u}}' }],
      },
    ],
    ['contacts', ['~~stub.data.contact']],
    ['location', { latitude: '~~stub.data.lat', longitude: '{{stub.data.lon}}' }],
    ['reaction', { message_id: '{{stub.data.id}}', emoji: '{{stub.data.e}}' }],
    ['sticker', { fileuuid: '~~stub.data.f' }],
    ['sticker', '~~stub.data.f'],
    ['cta_url', { body: 'x', display_text: '{{stub.data.words}}', url: 'https://example.org/{{stub.data.id}}' }],
    [
      'flow',
      {
        body: 'x',
        flow_id: '{{stub.data.id}}',
        flow_cta: 'x',
        mode: '{{stub.data.m}}',
        flow_action_payload: '~~stub.data.p',
      },
    ],
    ['product_list', { header: 'x', body: 'x', catalog_id: '{{stub.data.c}}', sections: '~~stub.data.s' }],
    ['carousel', { body: 'x', cards: ['~~stub.data.a', '~~stub.data.b'] }],
    ['carousel', { body: 'x', cards: [link({ url: '{{stub.data.u}}' }), link({ header: '~~stub.data.h' })] }],
    ['raw', { type: '{{stub.data.type}}', text: '~~stub.data.t' }],
    ['raw', { type: 'text', text: '~~stub.data.t' }],
    ['raw', { type: 'text', text: { body: '{{stub.data.t}}', preview_url: '~~stub.data.p' } }],
    ['raw', interactive({ type: 'list', body: { text: 'x' }, action: '~~stub.data.a' })],
  ];
  for (const [type, params] of cases)
    it(`wait for what fills them: ${type} ${JSON.stringify(params).slice(0, 60)}`, () =>
      assert.deepEqual(checkedYaml(type, params), []));

  it('leave the limits of what is literal beside them in force', () => {
    const long = checkedYaml('buttons', {
      body: '{{stub.data.b}}',
      buttons: [{ id: '{{stub.data.a}}', title: 'x'.repeat(21) }],
    });
    assert.equal(long.length, 1);
    assert.match(long[0]!, /buttons\[0\]\.title has 21 characters; WhatsApp takes 1 to 20/);
    assert.equal(
      checkedYaml('list', list(...Array.from({ length: 11 }, () => '~~stub.data.s'), '~~stub.data.s')).length,
      0,
    );
    assert.equal(
      checkedYaml('list', list(...Array.from({ length: 11 }, (_, n) => ({ title: `${n}`, rows: ['~~stub.data.r'] }))))
        .length,
      1,
    );
  });
});
