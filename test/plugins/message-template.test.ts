import assert from 'node:assert/strict';
import type { JsonObject } from '../../core/contract/json.js';
import type { WhatsAppTemplate } from '../../plugins/meta_whatsapp/messages/whatsapp-template.js';
import { assertAsMetaDescribes } from '../support/meta-openapi.js';
import { built, type World } from './message-rig.js';

const PICTURE = '11111111-1111-4111-8111-111111111111';
const files = [{ fileuuid: PICTURE, contentType: 'image/png', size: 10 }];

const template = (name: string, language: string, components: JsonObject[], part: object = {}): WhatsAppTemplate => ({
  name,
  language,
  status: 'APPROVED',
  category: 'UTILITY',
  parameter_format: 'POSITIONAL',
  components,
  ...part,
});
const BODY = { type: 'BODY', text: 'Hello {{1}}, your parcel comes {{2}}. Bye {{1}}.' };
const BUTTONS = {
  type: 'BUTTONS',
  buttons: [
    { type: 'QUICK_REPLY', text: 'Thanks' },
    { type: 'URL', text: 'Track', url: 'https://example.org/{{1}}' },
    { type: 'URL', text: 'Home', url: 'https://example.org' },
    { type: 'COPY_CODE', text: 'Copy' },
    { type: 'QUICK_REPLY', text: 'Stop' },
  ],
};
const templates = [
  template('plain', 'en_US', [{ type: 'BODY', text: 'Hello.' }]),
  template('update', 'en_US', [{ type: 'HEADER', format: 'TEXT', text: 'News of {{1}}' }, BODY, BUTTONS]),
  template('update', 'af', [BODY]),
  template('picture', 'en', [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'Hello.' },
  ]),
  template('named', 'en', [{ type: 'BODY', text: '{{when}} for {{who}}, {{when}}' }], { parameter_format: 'NAMED' }),
  template('place', 'en', [
    { type: 'HEADER', format: 'LOCATION' },
    { type: 'BODY', text: 'Here.' },
  ]),
  template('cards', 'en', [
    { type: 'BODY', text: 'Look.' },
    { type: 'CAROUSEL', cards: [] },
  ]),
  template('paused', 'en', [{ type: 'BODY', text: 'Hello.' }], { status: 'PAUSED' }),
  template('rejected', 'en', [{ type: 'BODY', text: 'Hello.' }], { status: 'REJECTED', rejected_reason: 'SCAM' }),
  template('two', 'en_GB', [{ type: 'BODY', text: 'Hello.' }], { status: 'PENDING' }),
  template('two', 'en_US', [{ type: 'BODY', text: 'Hello.' }]),
  template('german', 'de', [{ type: 'BODY', text: 'Hallo.' }]),
];

const send = (name: string, list: unknown, part: object = {}, world: World = {}) =>
  built(
    'template',
    { whatsapp_template_name: name, whatsapp_template_params_array: list, ...part },
    { templates, files, ...world },
  );

async function sent(...args: Parameters<typeof send>) {
  const message = await send(...args);
  assert.ok(message.ok, JSON.stringify(message));
  const text = JSON.stringify(message.payload).replace(/"fileuuid":"[^"]*"/g, '"id":"1"');
  const envelope = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '+1' };
  assertAsMetaDescribes({ ...envelope, ...(JSON.parse(text) as { type: string }) });
  const { language, components } = message.payload['template'] as { language: { code: string }; components?: unknown };
  return { language: language.code, components, warnings: message.warnings ?? [] };
}

async function refused(code: string, expected: RegExp, ...args: Parameters<typeof send>): Promise<void> {
  const message = await send(...args);
  assert.ok(!message.ok, JSON.stringify(message));
  assert.equal(message.problem.code, code);
  assert.match(message.problem.message, expected);
}

const text = (value: string, name?: string) => ({ type: 'text', ...(name && { parameter_name: name }), text: value });
const button = (sub_type: string, index: number, parameter: object) => ({
  type: 'button',
  sub_type,
  index: String(index),
  parameters: [parameter],
});

describe('message type template: values in their places', () => {
  it('texts go to header, body and buttons in order; a place that stands twice takes one', async () => {
    const { components, warnings } = await sent('update', ['4711', 'Thandi', 'at 15:00', 'p/4711', 'SAVE10'], {
      language: 'en_US',
    });
    assert.deepEqual(components, [
      { type: 'header', parameters: [text('4711')] },
      { type: 'body', parameters: [text('Thandi'), text('at 15:00')] },
      button('url', 1, text('p/4711')),
      button('copy_code', 3, { type: 'coupon_code', coupon_code: 'SAVE10' }),
    ]);
    assert.deepEqual(warnings, []);
  });

  it('payloads of quick replies are given as such, for all of them or none', async () => {
    const list = ['4711', 'Thandi', 'at 15:00', { payload: 'thanks!' }, 'p/4711', 'SAVE10', { payload: 'stop!' }];
    const { components } = await sent('update', list, { language: 'en_US' });
    assert.deepEqual((components as unknown[]).slice(2), [
      button('quick_reply', 0, { type: 'payload', payload: 'thanks!' }),
      button('url', 1, text('p/4711')),
      button('copy_code', 3, { type: 'coupon_code', coupon_code: 'SAVE10' }),
      button('quick_reply', 4, { type: 'payload', payload: 'stop!' }),
    ]);
    const one = list.slice(0, -1);
    await refused(
      'whatsapp_template_params',
      /has 2 quick replies; got 1 payloads\. Give each one, or none/,
      'update',
      one,
      {
        language: 'en_US',
      },
    );
  });

  it('named places are filled in the order in which they stand', async () => {
    const { components } = await sent('named', ['Monday', 'Thandi']);
    assert.deepEqual(components, [{ type: 'body', parameters: [text('Monday', 'when'), text('Thandi', 'who')] }]);
  });

  it('a header of media takes a fileuuid, a file object, a link or Meta’s id', async () => {
    const cases: readonly (readonly [unknown, object])[] = [
      [PICTURE, { fileuuid: PICTURE }],
      [{ fileuuid: PICTURE, filename: 'x' }, { fileuuid: PICTURE }],
      ['https://example.org/1.png', { link: 'https://example.org/1.png' }],
      [{ link: 'https://example.org/1.png' }, { link: 'https://example.org/1.png' }],
      [{ id: '99' }, { id: '99' }],
    ];
    for (const [given, image] of cases) {
      const { components } = await sent('picture', [given]);
      assert.deepEqual(components, [{ type: 'header', parameters: [{ type: 'image', image }] }]);
    }
    await refused(
      'whatsapp_template_params',
      /value 1 \(header\) is a text, and this header shows one file \(image\)/,
      'picture',
      ['hello'],
    );
    await refused('file_unknown', /there is no file/, 'picture', [PICTURE.replace('1', '2')]);
  });

  it('a code for copying has 15 characters at most', () =>
    refused(
      'whatsapp_template_params',
      /value 5 \(button\) has 16 characters; a code for copying has 15/,
      'update',
      ['4711', 'Thandi', 'at 15:00', 'p/4711', 'x'.repeat(16)],
      { language: 'en_US' },
    ));

  it('a template without places takes none', async () => {
    assert.deepEqual((await sent('plain', [], { language: 'en_US' })).components, undefined);
  });

  it('a file where a text belongs is refused', () =>
    refused('whatsapp_template_params', /value 1 \(body\) is a file/, 'named', [{ id: '1' }, 'x']));
});

describe('message type template: counts', () => {
  it('a wrong count says what is expected and what was given', () =>
    refused(
      'whatsapp_template_params',
      /"update" in "en_US" takes 5 values \(header 1, body 2, buttons 2\); got 4\.$/,
      'update',
      ['a', 'b', 'c', 'd'],
      { language: 'en_US' },
    ));

  it('parts that bare values cannot fill need Meta’s components', async () => {
    await refused('whatsapp_template_params', /has a header of a place: give Meta’s components/, 'place', ['x']);
    await refused('whatsapp_template_params', /has CAROUSEL: give Meta’s components/, 'cards', []);
    const location = { type: 'location', location: { latitude: '1', longitude: '2' } };
    await sent('place', [{ type: 'header', parameters: [location] }]);
  });

  it('Meta’s own components are counted against the template', async () => {
    const body = { type: 'body', parameters: [text('Thandi'), text('at 15:00')] };
    const header = { type: 'HEADER', parameters: [text('4711')] };
    const buttons = [
      { ...button('url', 1, text('x')), index: 1 },
      button('copy_code', 3, { type: 'coupon_code', coupon_code: 'x' }),
    ];
    const in_us = { language: 'en_US' };
    const { components } = await sent('update', [header, body, ...buttons], in_us);
    assert.deepEqual(
      (components as { type: string; index?: string }[]).map(({ type, index }) => [type, index]),
      [
        ['header', undefined],
        ['body', undefined],
        ['button', '1'],
        ['button', '3'],
      ],
    );
    const wrong = (expected: RegExp, ...given: unknown[]) =>
      refused('whatsapp_template_params', expected, 'update', given, in_us);
    await wrong(/takes 1 parameters in its header; got 0/, body, ...buttons);
    await wrong(/takes 2 parameters in its body; got 1/, header, { ...body, parameters: [text('x')] }, ...buttons);
    await wrong(/its button 3 \(copy_code\) needs a parameter/, header, body, buttons[0]);
    await wrong(/has 5 buttons, and none with the index 7/, header, body, ...buttons, button('url', 7, text('x')));
    await wrong(
      /its button 0 is of type QUICK_REPLY, not "url"/,
      header,
      body,
      ...buttons,
      button('url', 0, text('x')),
    );
  });
});

describe('message type template: which one goes out', () => {
  it('an unknown name is refused with the nearest', () =>
    refused('whatsapp_template_unknown', /no WhatsApp template "plane"\. Did you mean "plain"\?/, 'plane', []));

  it('one that is not approved is refused with its status and Meta’s reason', async () => {
    await refused('whatsapp_template_not_approved', /"paused" in "en" is PAUSED; /, 'paused', []);
    await refused('whatsapp_template_not_approved', /"rejected" in "en" is REJECTED \(SCAM\); /, 'rejected', []);
  });

  it('a language that is not there falls back to another region, with a note', async () => {
    const { language, warnings } = await sent('plain', []);
    assert.equal(language, 'en_US');
    assert.deepEqual(warnings, ['The WhatsApp template "plain" is not there in "en" and went out in "en_US".']);
    assert.equal((await sent('picture', [{ id: '1' }], { language: 'en_GB' })).language, 'en');
  });

  it('of several regions the approved one goes out', async () =>
    assert.equal((await sent('two', [])).language, 'en_US'));

  it('but one that was asked for by name is not replaced', () =>
    refused('whatsapp_template_not_approved', /"two" in "en_GB" is PENDING/, 'two', [], { language: 'en_GB' }));

  it('then falls back to the profile’s language', async () =>
    assert.equal((await sent('update', ['a', 'b'], { language: 'fr' }, { language: 'af' })).language, 'af'));

  it('else is refused with those there are', () =>
    refused('whatsapp_template_language_missing', /"german" is not there in "fr"; it has: de\./, 'german', [], {
      language: 'fr',
    }));

  it('before the account was read, texts fill the body and nothing is judged', async () => {
    const { language, components } = await sent('any', ['a'], {}, { templates: undefined, language: 'de' });
    assert.deepEqual([language, components], ['de', [{ type: 'body', parameters: [text('a')] }]]);
    const unsynced = { templates: undefined };
    await refused(
      'whatsapp_template_params',
      /have not been read yet, so a file or payload has no known place/,
      'any',
      [{ id: '1' }],
      {},
      unsynced,
    );
  });
});
