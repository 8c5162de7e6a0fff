import assert from 'node:assert/strict';
import { shapeOf } from '../../core/config/schema-shape.js';
import { MESSAGE_TYPES } from '../../plugins/meta_whatsapp/messages/message-types.js';
import { EXAMPLES } from './message-examples.js';
import { checkedSettings, loadedSettings, readSettings } from './message-rig.js';

const text = (more: object = {}) => ({ message_type: 'text', params: { text: { body: 'x' } }, ...more });
const session = (stubsession: object | null) => text({ stubsession });
const DEFAULTS = { ...text(), enable_additional_status_messages: false, enable_lids: false };
const shown = (settings: object) => ({ ...DEFAULTS, params: { text: { body: 'x', preview_url: true } }, ...settings });

describe('settings of meta_whatsapp: the documented defaults', () => {
  const cases: readonly (readonly [what: string, given: object, read: object])[] = [
    ['no stubsession', session(null), {}],
    ['no profile', text({ whatsapp_profile_name: null }), {}],
    ['a boolean', text({ enable_lids: null, enable_additional_status_messages: null }), {}],
    [
      'every key of a stubsession',
      session({
        set_new_with_timeout_hours: null,
        cancel_current_existing_stubsession: null,
        set_nextreply_with_timeout_minutes: false,
        specificreply_uuid: null,
        set_stubsession_stubref: null,
      }),
      { stubsession: { cancel_current_existing_stubsession: false } },
    ],
    [
      'false for a number of hours',
      session({ set_new_with_timeout_hours: false, cancel_current_existing_stubsession: false }),
      { stubsession: { cancel_current_existing_stubsession: false } },
    ],
    ['a key of params', { message_type: 'text', params: { text: { body: 'x', preview_url: null } } }, {}],
  ];
  for (const [what, given, read] of cases) {
    it(`load as "not set": ${what}`, () => {
      assert.deepEqual(checkedSettings(given), []);
      assert.deepEqual(JSON.parse(JSON.stringify(readSettings(given))), shown(read));
    });
  }

  for (const { name, params } of MESSAGE_TYPES) {
    const keys = Object.keys(shapeOf(params) ?? {});
    const example = EXAMPLES.find(({ type }) => type === name)!.params as object;
    const optional = keys.filter((key) => !(key in example));
    if (optional.length === 0) continue;
    it(`load as "not set" in each key of ${name} that may be left out: ${optional.join(', ')}`, () => {
      const given = { ...example, ...Object.fromEntries(optional.map((key) => [key, null])) };
      assert.deepEqual(checkedSettings({ message_type: name, params: { [name]: given } }), []);
      const read = readSettings({ message_type: name, params: { [name]: given } });
      assert.deepEqual(read, readSettings({ message_type: name, params: { [name]: example } }));
    });
  }

  it('are left out of the template that is loaded', () => {
    const given = {
      ...session({ specificreply_uuid: null, set_new_with_timeout_hours: 5 }),
      whatsapp_profile_name: null,
    };
    assert.deepEqual(loadedSettings(given), session({ set_new_with_timeout_hours: 5 }));
  });

  it('a number in quotes loses them', () =>
    assert.match(
      checkedSettings(session({ set_new_with_timeout_hours: '24' })).join(),
      /set_new_with_timeout_hours is "24"; it takes a number or false\. Remove the quotes\.$/,
    ));

  it('true is no number of minutes', () => {
    const given = session({ set_nextreply_with_timeout_minutes: true });
    assert.match(
      checkedSettings(given).join(),
      /set_nextreply_with_timeout_minutes is true; it takes a number or false\./,
    );
    assert.match(
      String(readSettings(given)),
      /set_nextreply_with_timeout_minutes is true; it takes a number or false\./,
    );
  });
});

describe('settings of meta_whatsapp: numbers and booleans that are filled in', () => {
  it('accept text that reads as one', () => {
    const given = {
      message_type: 'text',
      params: { text: { body: 'x', preview_url: 'false' } },
      enable_additional_status_messages: 'true',
      stubsession: { set_new_with_timeout_hours: '24', set_nextreply_with_timeout_minutes: ' 5 ' },
    };
    assert.deepEqual(readSettings(given), {
      message_type: 'text',
      params: { text: { body: 'x', preview_url: false } },
      enable_additional_status_messages: true,
      enable_lids: false,
      stubsession: {
        set_new_with_timeout_hours: 24,
        cancel_current_existing_stubsession: false,
        set_nextreply_with_timeout_minutes: 5,
      },
    });
  });

  const refused: readonly (readonly [given: unknown, expected: string])[] = [
    ['soon', 'is text that is not a number; it takes a number or false.'],
    ['', 'is an empty text; it takes a number or false.'],
    ['0', 'is 0; it must be at least 1.'],
    ['1.5', 'is 1.5; it takes a whole number or false.'],
  ];
  for (const [given, expected] of refused) {
    it(`refuse ${JSON.stringify(given)}`, () =>
      assert.equal(
        readSettings(session({ set_new_with_timeout_hours: given })),
        `platforms.meta_whatsapp.stubsession.set_new_with_timeout_hours ${expected}`,
      ));
  }
});

describe('settings of meta_whatsapp: quoting', () => {
  it('goes with every message but a reaction and raw', () => {
    assert.deepEqual(checkedSettings(text({ quote: '~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id' })), []);
    assert.deepEqual(checkedSettings(text({ quote: 'wamid.HBg=', recipient_identity_key_hash: 'abc=' })), []);
    const params = { reaction: { message_id: 'wamid.1', emoji: '👍' } };
    assert.match(
      checkedSettings({ message_type: 'reaction', quote: 'wamid.1', params }).join('\n'),
      /^value_invalid .*meta_whatsapp\.quote is not allowed with a reaction: its message_id names the message\. Remove the key\.$/,
    );
    const raw = { message_type: 'raw', quote: 'wamid.1', params: { raw: { type: 'text', text: { body: 'x' } } } };
    assert.match(checkedSettings(raw).join('\n'), /quote: belongs inside raw: write params\.raw\.context/);
    assert.match(String(readSettings(raw)), /quote belongs inside raw: write params\.raw\.context/);
  });
});

describe('settings of meta_whatsapp: text written as a number', () => {
  it('is its own source text: ids of rows and buttons', () => {
    const rows = [
      { id: 1, title: 2 },
      { id: true, title: 'x' },
    ];
    const params = { list: { body: { text: 5 }, action: { button: 'x', sections: [{ rows }] } } };
    assert.deepEqual(loadedSettings({ message_type: 'list', params }), {
      message_type: 'list',
      params: {
        list: {
          body: { text: '5' },
          action: {
            button: 'x',
            sections: [
              {
                rows: [
                  { id: '1', title: '2' },
                  { id: 'true', title: 'x' },
                ],
              },
            ],
          },
        },
      },
    });
  });
});
