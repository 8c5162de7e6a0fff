import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../core/contract/json.js';
import { lettersOf } from '../../plugins/meta_whatsapp/webhook-letters.js';

const ACCOUNT = '200';
const profiles = {
  ofNumber: (id: string) => ({ '11': 'main', '22': 'second' })[id],
  ofAccount: (id: string) => (id === ACCOUNT ? ['main', 'second'] : []),
};
const METADATA = { display_phone_number: '+1 555-0001', phone_number_id: '11' };
const change = (field: string, value: object): JsonObject => ({ field, value: { metadata: METADATA, ...value } });
const of = (...changes: JsonObject[]): JsonObject => ({ entry: [{ id: ACCOUNT, time: 1, changes }] });
const read = (field: string, value: object) => lettersOf(of(change(field, value)), profiles);
const who = { id: 'w1', from: '2782', from_user_id: 'ZA.1', timestamp: '1' };

describe('meta_whatsapp: each field of a webhook', () => {
  it('a message of any type becomes a letter, with or without what its type should hold', () => {
    const types = [
      'text',
      'image',
      'video',
      'audio',
      'document',
      'sticker',
      'location',
      'contacts',
      'interactive',
      'button',
      'reaction',
      'request_welcome',
      'order',
      'system',
      'edit',
      'revoke',
      'unsupported',
      'unknown',
      'x',
    ];
    for (const type of types) {
      const { tells, unhandled } = read('messages', { messages: [{ ...who, type }] });
      assert.deepEqual(
        [tells.length, unhandled.length, tells[0]!.to.id, tells[0]!.id],
        [1, 0, 'main:2782', 'in:w1'],
        type,
      );
    }
  });

  it('the contact is found by user id, then by number, never by place', () => {
    const contacts = [
      { profile: { name: 'Somebody' }, wa_id: '999' },
      { profile: { name: 'By number' }, wa_id: '2782' },
      { profile: { name: 'By id' }, user_id: 'ZA.1' },
    ];
    const name = (message: object, among = contacts as object[]) =>
      (read('messages', { contacts: among, messages: [message] }).tells[0]!.body as { name: string }).name;
    assert.equal(name(who), 'By id');
    assert.equal(name({ ...who, from_user_id: undefined }), 'By number');
    assert.equal(name(who, contacts.slice(0, 1)), '');
  });

  it('a client whose number is hidden is named by user id; nobody at all is counted', () => {
    const hidden = read('messages', { messages: [{ id: 'w', from_user_id: 'ZA.ENT.1', type: 'text' }] });
    assert.equal(hidden.tells[0]!.to.id, 'main:ZA.ENT.1');
    for (const from of ['', ' ', 'a|b', 'a\nb', {}, 'x'.repeat(200)]) {
      const { tells, unhandled } = read('messages', { messages: [{ id: 'w', from }] });
      assert.deepEqual([tells.length, unhandled.length], [0, 1]);
    }
  });

  it('a sign-up for marketing messages is handled as a resume', () => {
    const preference = {
      wa_id: '27825550101',
      category: 'marketing_messages',
      value: 'signup',
      timestamp: 1_790_000_000,
    };
    const [tell] = read('user_preferences', { user_preferences: [preference] }).tells;
    assert.deepEqual(
      [tell!.to.id, tell!.body],
      ['main:27825550101', { type: 'preference', choice: 'resume', atMs: 1_790_000_000_000 }],
    );
  });

  it('an item without content is counted with its reason', () => {
    const reasons = (body: JsonObject) => lettersOf(body, profiles).unhandled.map(({ reason }) => reason);
    const ofMessages = (value: object) => reasons(of(change('messages', value)));
    assert.deepEqual(reasons({}), ['webhook without entries']);
    assert.deepEqual(reasons({ entry: [{ id: ACCOUNT }, { changes: [] }] }), Array(2).fill('entry without changes'));
    const empty = ['messages change without messages, statuses or errors'];
    assert.deepEqual(ofMessages({ contacts: [{ wa_id: '2782' }] }), empty);
    assert.deepEqual(ofMessages({ messages: [] }), empty);
    const user_actions = [{ action_type: 'marketing_messages_link_click', timestamp: '1' }, {}];
    assert.deepEqual(ofMessages({ contacts: [], user_actions }), [
      'user_actions marketing_messages_link_click: noted',
      'user_actions without a type: noted',
    ]);
    assert.deepEqual(ofMessages({ of_2027: [], messages: [who] }), ['key of_2027 of a messages change']);
    assert.deepEqual(reasons(of(change('user_preferences', {}), change('user_id_update', {}))), [
      'user_preferences without an item',
      'user_id_update without an item',
    ]);
  });

  it('the hash of the client’s identity key comes from their contact', () => {
    const contacts = [{ wa_id: '2782', user_id: 'ZA.1', identity_key_hash: 'abc=' }];
    const [tell] = read('messages', { contacts, messages: [who] }).tells;
    assert.equal((tell!.body as { identityKeyHash: string }).identityKeyHash, 'abc=');
  });

  it('a status with an invalid recipient is handled, and counted', () => {
    const status = { id: 's', status: 'sent', recipient_id: 'foo_bar' };
    const statuses = [status, { ...status, recipient_id: 'ZA.1' }, { ...status, recipient_type: 'group' }];
    const { tells, unhandled } = read('messages', { statuses });
    assert.deepEqual(
      [tells.length, unhandled.map(({ reason }) => reason)],
      [3, ['recipient_id of a status: neither a number nor a user id']],
    );
  });

  it('ids stay one line in letters, whatever they hold', () => {
    const { tells } = read('messages', {
      messages: [{ ...who, id: 'w\n1\u0000' }],
      statuses: [{ id: 's|\n', status: 'sent\n', recipient_id: 'a|b' }],
    });
    assert.deepEqual(
      tells.map(({ id, to }) => [to.id, id]),
      [
        ['main:2782', 'in:w%0a1%00'],
        ['main:s%7c%0a', 'sent%0a:s%7c%0a'],
      ],
    );
  });

  it('a group’s message is refused and seen; its statuses are told apart by participant', () => {
    const { tells, unhandled } = read('messages', {
      messages: [{ ...who, group_id: 'g' }],
      statuses: [
        { id: 's', status: 'read', recipient_id: 'g', recipient_participant_id: '1' },
        { id: 's', status: 'read', recipient_id: 'g', recipient_participant_id: '2' },
      ],
    });
    assert.match(unhandled[0]!.reason, /^group_not_supported/);
    assert.equal(new Set(tells.map(({ id }) => id)).size, 2);
  });

  it('echoes and standby are observed and make no letter', () => {
    const messages = [{ ...who, type: 'text', text: { body: 'secret words' } }];
    for (const [field, value] of [
      ['smb_message_echoes', { message_echoes: messages, messages }],
      ['standby', { standby: { messages }, messages }],
    ] as const) {
      const { tells, unhandled } = read(field, value);
      assert.equal(tells.length, 0);
      assert.match(unhandled[0]!.reason, new RegExp(`^${field}: .*never answered`));
      assert.doesNotMatch(JSON.stringify(unhandled), /secret/);
    }
  });

  it('a handover is noted by the number in recipient, for it has no metadata', () => {
    const handover = (id: string) =>
      lettersOf(
        of({ field: 'messaging_handovers', value: { recipient: { phone_number_id: id }, type: 'control_passed' } }),
        profiles,
      ).unhandled.map(({ reason }) => reason);
    assert.deepEqual(handover('11'), ['messaging_handovers control_passed: noted']);
    assert.deepEqual(handover('99'), ['foreign number']);
  });

  it('a marketing stop is told to the client’s conversation', () => {
    const preference = { wa_id: '2782', value: 'stop', category: 'marketing_messages', timestamp: 1_700_000_000 };
    const { tells, unhandled } = read('user_preferences', {
      user_preferences: [preference, { wa_id: '2782', value: '?' }, { value: 'resume' }],
    });
    assert.deepEqual(
      tells.map(({ to, body }) => [to.id, body]),
      [['main:2782', { type: 'preference', choice: 'stop', atMs: 1_700_000_000_000 }]],
    );
    assert.equal(unhandled.length, 2);
  });

  it('a new user id is told to the old one’s conversation on every number of the account', () => {
    const user_id = { previous: 'ZA.1', current: 'ZA.2' };
    const body = of({
      field: 'user_id_update',
      value: { user_id_update: [{ user_id }, { user_id: { previous: 'ZA.1' } }] },
    });
    const { tells, unhandled } = lettersOf(body, profiles);
    assert.deepEqual(
      tells.map(({ to }) => to.id),
      ['main:ZA.1', 'second:ZA.1'],
    );
    assert.equal(unhandled.length, 1);
  });

  it('a new user id in a system message is told to the old one’s conversation, beside the message', () => {
    const system = { type: 'user_changed_user_id', previous_user_id: 'ZA.1', user_id: 'ZA.2' };
    const message = { id: 'wamid.s', timestamp: '1790000000', type: 'system', from: '27825550101', system };
    const { tells } = lettersOf(of(change('messages', { messages: [message] })), profiles);
    assert.deepEqual(
      tells.map(({ to, body }) => [to.id, (body as { type: string }).type]),
      [
        ['main:27825550101', 'incoming'],
        ['main:ZA.1', 'user_id_changed'],
      ],
    );
  });

  it('errors of Meta’s are counted by code, other fields by name', () => {
    const { unhandled } = lettersOf(
      of(
        change('messages', { errors: [{ code: 130429 }, {}] }),
        { field: 'account_update', value: {} },
        { field: 'security' },
        {},
      ),
      profiles,
    );
    assert.deepEqual(
      unhandled.map(({ reason }) => reason),
      [
        'error 130429 of Meta’s',
        'error without code of Meta’s',
        'field account_update',
        'field security',
        'field missing',
      ],
    );
  });

  it('what nests without an end is left out, and its siblings are taken', () => {
    let deep: unknown = 0;
    for (let depth = 0; depth < 50_000; depth++) deep = [deep];
    const { tells, unhandled } = read('messages', {
      messages: [
        { ...who, deep },
        { ...who, id: 'w2' },
      ],
      statuses: [{ id: 's', status: 'sent', deep }],
    });
    assert.deepEqual([tells.map(({ id }) => id), unhandled.length], [['in:w2'], 2]);
    assert.doesNotThrow(() => JSON.stringify(tells));
  });

  it('one broken item loses none of its siblings (property: payloads with any part replaced)', () => {
    const good = { id: 'good', from: '2782', type: 'text', text: { body: 'x' } };
    const payload = [
      change('messages', {
        contacts: [{ wa_id: '1' }],
        messages: [{ ...who }],
        statuses: [{ id: 's', status: 'sent' }],
        errors: [{}],
      }),
      change('user_preferences', { user_preferences: [{ wa_id: '1', value: 'stop', timestamp: 1 }] }),
      { field: 'user_id_update', value: { user_id_update: [{ user_id: { previous: 'ZA.1', current: 'ZA.2' } }] } },
    ];
    const paths = pathsOf(payload);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const changes = replaced(payload, path, value) as JsonObject[];
        const body = { entry: [{ id: ACCOUNT, changes: [...changes, change('messages', { messages: [good] })] }] };
        const { tells } = lettersOf(JSON.parse(JSON.stringify(body)) as JsonObject, profiles);
        assert.ok(tells.some(({ id }) => id === 'in:good'));
        for (const { to, id } of tells) assert.match(`${to.id} ${id}`, /^[^\n|]+$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Every place in the value, as keys from the top. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [...(path.length > 0 ? [[...path]] : []), ...inner.flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((child, at) => (String(at) === key ? replaced(child, rest, by) : child));
  const object = value as JsonObject;
  return { ...object, [key]: replaced(object[key], rest, by) };
}
