import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { templateFiles } from '../../core/template/template-files.js';
import { LanguageServer, type OpenDocument } from '../support/language-server.js';

const FOLDER = fileURLToPath(new URL('../../../config/templates/', import.meta.url));
const MODELINE = '# yaml-language-server: $schema=../stub-template.schema.json\n';
const LEAST = `${MODELINE}initial_state: open\nstates: { open: {} }\n`;

/** Lines one deeper than the last, below `actions: tell`. */
const deep = (...keys: readonly string[]): string =>
  keys.map((key, depth) => `${' '.repeat(depth + 4)}${key}`).join('\n');
const below = (...keys: readonly string[]): string => `${LEAST}actions:\n  tell:\n${deep(...keys)}\n`;
const inTask = (...lines: readonly string[]): string =>
  `${below('tasks:', 't:')}${lines.map((line) => `      ${line}\n`).join('')}`;
const inField = (...lines: readonly string[]): string =>
  `${below('fields:', 'f:')}${lines.map((line) => `      ${line}\n`).join('')}`;
const inPlatforms = (...lines: readonly string[]): string => {
  const notification = below('notifications:', 'n:', 'send_to: { a: { type: mobile, value: 0825550101 } }');
  return `${notification}      platforms:\n${lines.map((line) => `        ${line}\n`).join('')}`;
};
const inMessage = (...lines: readonly string[]): string =>
  inPlatforms('meta_whatsapp:', ...lines.map((line) => `  ${line}`));

describe('a stub template in an editor', () => {
  let server: LanguageServer;
  let opened = 0;
  before(async () => {
    server = await LanguageServer.start();
  });
  after(() => server.stop());

  const open = (text: string): OpenDocument => {
    opened += 1;
    return server.open(join(FOLDER, `tried-${opened}.yaml`), text);
  };

  describe('is completed', () => {
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      [
        'top-level keys',
        `${MODELINE}initial_state: open\n<|>\n`,
        ['template', 'data', 'states', 'actions', 'heimdall'],
      ],
      ['actions that need not be written', `${LEAST}actions:\n  <|>\n`, ['_create', '_close', '_update_from_whatsapp']],
      ['keys of a task', inTask('<|>'), ['tasktype', 'params', 'conditions', 'stop_on_failure']],
      ['task types', inTask('tasktype: <|>'), ['savedata', 'sendaction', 'set_timer', 'manage_stubsession']],
      [
        'params of the task type that is chosen',
        inTask('tasktype: set_timer', 'params:', '  <|>'),
        ['action_name', 'after_hours', 'at'],
      ],
      ['channels', inPlatforms('<|>'), ['meta_whatsapp', 'log']],
      [
        'settings of a channel',
        inMessage('message_type: text', '<|>'),
        ['params', 'stubsession', 'whatsapp_profile_name', 'enable_lids'],
      ],
      [
        'message types',
        inMessage('message_type: <|>'),
        ['text', 'template', 'media', 'buttons', 'list', 'contacts', 'raw'],
      ],
      ['the object of the message type that is chosen', inMessage('message_type: text', 'params:', '  <|>'), ['text']],
      [
        'params of a message type',
        inMessage('message_type: buttons', 'params:', '  buttons:', '    <|>'),
        ['header', 'body', 'footer', 'buttons'],
      ],
      [
        'entries of a list',
        inMessage('message_type: buttons', 'params:', '  buttons:', '    buttons:', '      - <|>'),
        ['id', 'title'],
      ],
      ['profiles', inMessage('message_type: text', 'whatsapp_profile_name: <|>'), ['main']],
      [
        'who a notification can go to',
        below('notifications:', 'n:', 'send_to:', 'a:', 'type: <|>'),
        ['contact_list', 'mobile'],
      ],
      ['field types', inField('fieldtype: <|>'), ['text', 'number', 'date', 'select', 'file', 'contact']],
      [
        'params of the field type that is chosen',
        inField('fieldtype: date', 'params:', '  <|>'),
        ['earliest', 'latest', 'with_time'],
      ],
    ];
    for (const [what, text, expected] of cases) {
      it(what, async () => {
        const offers = [...(await open(text).offers()).keys()];
        assert.deepEqual(
          expected.filter((label) => !offers.includes(label)),
          [],
          `offered: ${offers.join(', ')}`,
        );
      });
    }

    it('with nothing of another task type, message type or field type', async () => {
      const offered = async (text: string) => [...(await open(text).offers()).keys()];
      const [task, message, field] = await Promise.all([
        offered(inTask('tasktype: set_timer', 'params:', '  <|>')),
        offered(inMessage('message_type: product', 'params:', '  <|>')),
        offered(inField('fieldtype: date', 'params:', '  <|>')),
      ]);
      assert.ok(!task.includes('stubref') && !task.includes('whatsapp'), task.join());
      assert.ok(!message.includes('product_list') && !message.includes('text'), message.join());
      assert.ok(!field.includes('options') && !field.includes('max_files'), field.join());
    });

    it('with a sentence about each', async () => {
      const offers = await open(inTask('tasktype: <|>')).offers();
      assert.equal(offers.get('savedata'), 'Merges data into the data of this stub.');
      const keys = await open(inMessage('message_type: text', '<|>')).offers();
      assert.match(keys.get('enable_lids') ?? '', /^Make a short id .*Default: false\.$/);
    });

    it('with no true and false where a text is expected', async () => {
      const offers = await open(inMessage('message_type: text', 'params:', '  text:', '    body: <|>')).offers();
      assert.deepEqual([...offers.keys()], []);
    });
  });

  describe('is explained', () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [
        'a key at the top',
        `${MODELINE}initial<|>_state: open\nstates: { open: {} }\n`,
        /^#### initial\\_state\n\nThe state that a new stub is in\./,
      ],
      ['a state', `${MODELINE}initial_state: open\nstates: { op<|>en: {} }\n`, /A state that a stub can be in/],
      ['conditions', below('condi<|>tions: "true"'), /JSONata over stub, stubpost/],
      ['a task type', inTask('tasktype: save<|>data', 'params: { data: {} }'), /`savedata`: Merges data/],
      ['params', inTask('tasktype: savedata', 'par<|>ams: { data: {} }'), /`~~path` as a whole value/],
      [
        'a param',
        inTask('tasktype: sendaction', 'params: { act<|>ion_name: a }'),
        /The action that runs, once this run is stored/,
      ],
      ['a channel', inPlatforms('lo<|>g: { body: x }'), /A line in the program/],
      ['a message type', inMessage('message_type: but<|>tons'), /`buttons`: A text with up to three buttons/],
      [
        'its params, with their limits',
        inMessage('message_type: text', 'params: { text: { bo<|>dy: x } }'),
        /What the client reads\. 1 to 4096 characters\./,
      ],
      [
        'a part with several forms',
        inMessage('message_type: buttons', 'params: { buttons: { head<|>er: x } }'),
        /^#### header\n\nAbove the text/,
      ],
      [
        'a default',
        inMessage('message_type: text', 'params: { text: { body: x, pre<|>view_url: true } }'),
        /Default: true\./,
      ],
      ['a field type', inField('fieldtype: sel<|>ect'), /`select`: One of some options/],
    ];
    for (const [what, text, expected] of cases) {
      it(what, async () => assert.match(await open(text).hover(), expected));
    }
  });

  describe('is judged', () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['a misspelt key', `${LEAST}acions: {}\n`, /^4: Property acions is not allowed\.$/],
      [
        'a misspelt param',
        inTask('tasktype: sendaction', 'params: { action_nam: a }'),
        /^9: Property action_nam is not allowed\.$/m,
      ],
      ['a wrong task type', inTask('tasktype: savdata'), /^8: Value is not accepted\. Valid values: "savedata",/],
      ['missing params', inTask('tasktype: savedata'), /^7: Missing property "params"\.$/],
      [
        'a wrong message type',
        inMessage('message_type: txt', 'params: {}'),
        /^11: Value is not accepted\. Valid values: "text",/,
      ],
      [
        'a text that is too long',
        inMessage(
          'message_type: buttons',
          `params: { buttons: { body: x, buttons: [{ id: 1, title: ${'x'.repeat(21)} }] } }`,
        ),
        /^12: It takes 1 to 20 characters$/,
      ],
      [
        'a word for a number',
        inMessage(
          'message_type: text',
          'params: { text: { body: x } }',
          'stubsession: { set_new_with_timeout_hours: soon }',
        ),
        /^13: Write a whole number, or a whole ~~path$/,
      ],
      [
        'a number over its limit',
        inMessage(
          'message_type: text',
          'params: { text: { body: x } }',
          'stubsession: { set_new_with_timeout_hours: 9000 }',
        ),
        /^13: Value is above the maximum of 8760\.$/,
      ],
      [
        'a registration that does nothing',
        `${LEAST}heimdall: { a: { path: a, mechanism: evt } }\n`,
        /^4: A registration says what happens: give it either/,
      ],
      ['the second of two documents', `${LEAST}---\n${LEAST}acions: {}\n`, /^8: Property acions is not allowed\.$/],
    ];
    it('as right, where it is: the samples, merge keys, placeholders, numbers for text', async () => {
      const samples = templateFiles([FOLDER]).files.map((file) => readFileSync(file, 'utf8'));
      const merged = 'open: &usual { actions: [_close] }, shut: { <<: *usual }';
      const right = [
        ...samples,
        LEAST.replace('open: {}', merged),
        inMessage('message_type: text', 'params: { text: { body: 4711, preview_url: ~~stub.data.preview } }'),
      ];
      assert.deepEqual(
        await Promise.all(right.map((text) => open(text).problems())),
        right.map(() => []),
      );
    });
    const said = new Map<string, Promise<string[]>>();
    before(() => {
      // The server waits a moment before it judges: for all of them at once.
      for (const [what, text] of cases) said.set(what, open(text).problems());
    });
    for (const [what, , expected] of cases) {
      it(what, async () => assert.match((await said.get(what)!).join('\n'), expected));
    }
  });

  it('and so is a story: the samples are right, a misspelt expectation is not', async () => {
    const stories = readdirSync(FOLDER).filter((name) => name.endsWith('.test.yaml'));
    const texts = stories.map((name) => readFileSync(join(FOLDER, name), 'utf8'));
    const wrong =
      '# yaml-language-server: $schema=../story.schema.json\nstory: One\nsteps:\n  - expect: { sate: open }\n';
    const said = await Promise.all([...texts, wrong].map((text) => open(text).problems()));
    assert.deepEqual(said, [...texts.map(() => []), ['4: Property sate is not allowed.']]);
    const offers = await open(wrong.replace('{ sate: open }', '\n      <|>')).offers();
    assert.match(offers.get('counters') ?? '', /Of metrics/);
  });
});
