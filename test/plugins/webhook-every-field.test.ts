import assert from 'node:assert/strict';
import { DESK } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CLIENT = '27825550140';
const metadata = { display_phone_number: '15550000001', phone_number_id: '100000000000001' };
const secret = { text: { body: 'words of somebody' } };
const message = { from: CLIENT, timestamp: '1790000000', type: 'text', ...secret };
const onlyCounted = (field: string, value: object = {}) => [field, field, value, `field ${field}`] as const;
const group = { ...message, group_id: 'Y2FwaV9ncm91cA==' };

/** Each field of §3.5 of the wire facts that is not acted upon, and groups: as Meta sends it, and what is counted. */
const FIELDS: readonly (readonly [what: string, field: string, value: object, reason: string])[] = [
  onlyCounted('account_alerts', { entity_type: 'BUSINESS', alert_type: 'OBA_APPROVED' }),
  onlyCounted('account_review_update', { decision: 'APPROVED' }),
  onlyCounted('account_update', { event: 'PARTNER_ADDED', waba_info: { waba_id: '1' } }),
  onlyCounted('account_settings_update', { type: 'phone_number_settings' }),
  onlyCounted('automatic_events', { automatic_events: [{ id: 'wamid.1', event_name: 'Purchase', timestamp: 1 }] }),
  onlyCounted('business_capability_update', { max_daily_conversations_per_business: 'TIER_UNLIMITED' }),
  onlyCounted('business_username_updates', { username: 'parcels', status: 'approved' }),
  onlyCounted('calls', { calls: [{ id: 'wacid.1', from: CLIENT, event: 'connect' }] }),
  onlyCounted('flows', { event: 'FLOW_STATUS_CHANGE', flow_id: '1' }),
  onlyCounted('group_lifecycle_update', { groups: [{ group_id: 'g', type: 'group_create' }] }),
  onlyCounted('group_participants_update', { groups: [{ group_id: 'g', added_participants: [] }] }),
  onlyCounted('group_settings_update', { groups: [{ group_id: 'g' }] }),
  onlyCounted('group_status_update', { groups: [{ group_id: 'g' }] }),
  onlyCounted('history', { history: [{ threads: [{ id: CLIENT, messages: [message] }] }] }),
  onlyCounted('template_correct_category_detection', { message_template_id: 1 }),
  onlyCounted('partner_solutions', { event: 'SOLUTION_CREATED' }),
  onlyCounted('payment_configuration_update', { configuration_name: 'x' }),
  onlyCounted('phone_number_name_update', { decision: 'APPROVED' }),
  onlyCounted('phone_number_quality_update', { event: 'THROUGHPUT_UPGRADE', current_limit: 'TIER_1K' }),
  onlyCounted('security', { event: 'PIN_CHANGED' }),
  onlyCounted('smb_app_state_sync', { state_sync: [{ type: 'contact', contact: { full_name: 'Thandi' } }] }),
  onlyCounted('a_field_of_2027', { messages: [message] }),
  onlyCounted('__proto__', {}),
  [
    'echoes of the business’s phone',
    'smb_message_echoes',
    { message_echoes: [{ ...message, id: 'wamid.echo', from: '15550000001', to: CLIENT }] },
    'smb_message_echoes: written by hand on the business’s phone; observed, never answered',
  ],
  [
    'a message to the app that holds the thread',
    'standby',
    { standby: { contacts: [{ wa_id: CLIENT }], messages: [{ ...message, id: 'wamid.standby' }] } },
    'standby: another app holds this thread; observed, never answered',
  ],
  [
    'what the app that holds the thread sends, and its statuses',
    'standby',
    { standby: { message_echoes: [{ id: 'wamid.other', message: secret }], statuses: [{ id: 'wamid.other' }] } },
    'standby: another app holds this thread; observed, never answered',
  ],
  [
    'a thread that is handed over',
    'messaging_handovers',
    { recipient: { phone_number_id: '100000000000001' }, sender: { phone_number: CLIENT }, type: 'control_taken' },
    'messaging_handovers control_taken: noted',
  ],
  ['a message in a group', 'messages', { messages: [group] }, 'group_not_supported: a message in a group'],
  [
    'an error of the app',
    'messages',
    { errors: [{ code: 130429, title: 'Rate limit hit' }] },
    'error 130429 of Meta’s',
  ],
];

describe('meta_whatsapp: fields of Meta’s that change nothing here', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  const seen = async () => (await host.ask('GET', '/api/unhandled-webhooks')).items;

  for (const [at, [what, field, value, reason]] of FIELDS.entries()) {
    it(`${what}: counted and seen, answered by nobody, and the message beside it is taken`, async () => {
      const known = (await seen()).length;
      const odd = { field, value: field === 'messaging_handovers' ? value : { metadata, ...value } };
      const contacts = [{ profile: { name: 'Thandi' }, wa_id: CLIENT }];
      const beside = {
        field: 'messages',
        value: { metadata, contacts, messages: [{ ...message, id: `wamid.${at}` }] },
      };
      const entry = [{ id: '200000000000001', time: 1_790_000_000, changes: [odd, beside] }];
      await host.ask('POST', '/emulator/webhooks', { body: { object: 'whatsapp_business_account', entry } }, 202);
      await until('the message beside it to be routed', async () => {
        const found = await host.conversation(CLIENT).catch(() => undefined);
        return found?.routing[0]?.message_id === `wamid.${at}`;
      });
      const [item, ...others] = await seen();
      assert.deepEqual([item.reason, others.length], [reason, known]);
      assert.doesNotMatch(item.excerpt, /words|Thandi|2782/);
      assert.deepEqual(await host.arrived(CLIENT), []);
    });
  }

  it('leave nothing behind but the client’s own messages', async () => {
    const { items } = await host.ask('GET', '/api/conversations');
    assert.deepEqual(
      items.map(({ client }: { client: string }) => client),
      [CLIENT],
    );
    assert.deepEqual((await host.ask('GET', '/api/dead-letters')).items, []);
    const metrics = await (await fetch(`${host.url}/metrics`)).text();
    for (const [, , , reason] of FIELDS) assert.ok(metrics.includes(`{reason="${reason}"}`), reason);
  });
});
