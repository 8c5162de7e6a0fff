import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'undici';
import { NOT_PLAYED } from '../../plugins/whatsapp_emulator/graph/not-played.js';
import { BUSINESS, EmulatorRig, NUMBER_ID, Receiver, refused, WABA_ID } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = '+27 82 555-0101';

const buttons = (...replies: { id: string; title: string }[]) => ({
  interactive: {
    type: 'button',
    body: { text: 'Choose' },
    action: { buttons: replies.map((reply) => ({ type: 'reply', reply })) },
  },
});
/** As Meta documents them. */
const NUMBER_FIELDS = [
  'id', 'display_phone_number', 'verified_name', 'quality_rating', 'quality_score', 'status', 'name_status', 'new_name_status',
  'code_verification_status', 'account_mode', 'is_official_business_account', 'is_pin_enabled', 'is_on_biz_app',
  'is_preverified_number', 'platform_type', 'throughput{level}', 'whatsapp_business_manager_messaging_limit',
  'search_visibility', 'eligibility_for_api_business_global_search', 'health_status', 'certificate', 'new_certificate',
  'last_onboarded_time', 'country_code', 'country_dial_code', 'conversational_automation', 'webhook_configuration',
]; // biome-ignore format: a list reads best
const ACCOUNT_FIELDS = [
  'id', 'name', 'status', 'currency', 'country', 'timezone_id', 'message_template_namespace', 'account_review_status',
  'business_verification_status', 'ownership_type', 'owner_business_info', 'on_behalf_of_business_info', 'primary_funding_id',
  'purchase_order_number', 'is_enabled_for_insights', 'health_status', 'creation_time', 'linked_commerce_account',
  'marketing_messages_lite_api_status', 'marketing_messages_onboarding_status', 'disable_marketing_messages_on_cloud_api',
  'subscribed_apps',
]; // biome-ignore format: a list reads best

describe('whatsapp_emulator: Graph parameters and the account', () => {
  const receiver = new Receiver();
  let rig: EmulatorRig;

  before(async () => {
    rig = await EmulatorRig.start(await receiver.start());
    await rig.as(CLIENT, { text: 'Hello', name: 'Thandi' });
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  it('accepts null for absent, JSON text for its value, and fixed words in any case', async () => {
    const post = async (parameters: object | string) =>
      (await rig.graph('POST', `/${NUMBER_ID}/messages`, parameters)).body;
    const to = { messaging_product: 'whatsapp', to: TO };
    const card = { name: { formatted_name: 'A B', first_name: 'A', last_name: null }, org: null };
    const given = { ...to, recipient: null, context: null, type: 'contacts' };
    assert.ok((await post({ ...given, contacts: [card] })).messages);
    assert.ok((await post({ ...given, contacts: JSON.stringify([card]) })).messages);
    assert.ok((await post({ ...given, messaging_product: 'WHATSAPP', type: 'CONTACTS', contacts: [card] })).messages);
    const { interactive } = buttons({ id: 'a', title: 'A' });
    const loud = {
      ...interactive,
      type: 'BUTTON',
      header: JSON.stringify({ type: 'TEXT', text: 'Head' }),
      footer: null,
      action: { buttons: [{ type: 'REPLY', reply: { id: 'a', title: '{"not": "read"}' } }] },
    };
    const data = '[1]';
    assert.ok((await post({ ...to, type: 'interactive', interactive: loud, biz_opaque_callback_data: data })).messages);
    const shown = (await rig.chat(CLIENT)).at(-1) as unknown as {
      payload: { [key: string]: { [key: string]: unknown } };
    };
    assert.equal(shown.payload.biz_opaque_callback_data, data);
    assert.deepEqual(
      [shown.payload.interactive!.type, shown.payload.interactive!.header],
      ['button', { type: 'text', text: 'Head' }],
    );
    assert.equal((await rig.as(CLIENT, { tap: 'a' })).body.payload.interactive.type, 'button_reply');
    const none = await post({ ...to, type: 'contacts', contacts: [{ name: null }] });
    assert.deepEqual([none.error.code, none.error.error_data.details], [131008, "contacts[0]['name'] is required."]);
    assert.equal((await post({ ...to, type: 'contacts', contacts: 'nobody' })).error.code, 131009);
  });

  it('accepts parameters in the query and as a form', async () => {
    const commands = JSON.stringify([{ command_name: 'run', command_description: 'Run' }]);
    const query = new URLSearchParams({ enable_welcome_message: 'true', commands });
    const path = `/${NUMBER_ID}/conversational_automation`;
    assert.deepEqual((await rig.graph('POST', `${path}?${query}`)).body, { success: true });
    const { conversational_automation } = (await rig.graph('GET', path)).body;
    assert.equal(conversational_automation.commands[0].command_name, 'run');
    assert.equal(conversational_automation.enable_welcome_message, true);
    const form = new URLSearchParams({ messaging_product: 'whatsapp', to: TO, type: 'text', text: '{"body": "Form"}' });
    const sent = await fetch(`${rig.url}/emulator/graph/v25.0/${NUMBER_ID}/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer token-of-main' },
      body: form,
    });
    assert.equal(sent.status, 200);
    assert.equal((await rig.chat(CLIENT)).at(-1)!.text, 'Form');
  });

  it('checks commands and ice breakers against Meta’s limits', async () => {
    const set = (body: object) => rig.graph('POST', `/${NUMBER_ID}/conversational_automation`, body);
    const command = (command_name: string, command_description = 'x') => ({ command_name, command_description });
    const commands = (count: number) => Array.from({ length: count }, (_, at) => command(`c${at}`));
    for (const body of [
      { commands: commands(30), prompts: Array(4).fill('x'.repeat(80)), enable_welcome_message: true },
      { commands: [command('x'.repeat(32), 'x'.repeat(256))] },
      {},
    ])
      assert.deepEqual((await set(body)).body, { success: true });
    for (const body of [
      { commands: commands(31) },
      { commands: [command('x'.repeat(33))] },
      { commands: [command('run', 'x'.repeat(257))] },
      { commands: [command('run 😀')] },
      { commands: [command('/run')] },
      { prompts: Array(5).fill('x') },
      { prompts: ['x'.repeat(81)] },
    ])
      await refused(131009, set(body));
    await refused(100, set({ greeting: 'Hello' }));
  });

  it('shows the number, its siblings, its business account and the app', async () => {
    const get = async (path: string) => (await rig.graph('GET', path)).body;
    const number = await get(`/${NUMBER_ID}`);
    assert.deepEqual([number.id, number.verified_name, number.quality_rating], [NUMBER_ID, 'main', 'GREEN']);
    assert.equal(number.display_phone_number.replace(/\D/g, ''), BUSINESS);
    assert.deepEqual(await get(`/${NUMBER_ID}?fields=status,account_mode`), {
      status: 'CONNECTED',
      account_mode: 'LIVE',
      id: NUMBER_ID,
    });
    await refused(100, rig.graph('GET', `/${NUMBER_ID}?fields=colour`));
    assert.deepEqual(
      (await get(`/${WABA_ID}/phone_numbers`)).data.map((each: { id: string }) => each.id),
      [NUMBER_ID],
    );
    assert.equal((await get(`/${WABA_ID}/subscribed_apps`)).data.length, 1);
    assert.equal((await get(`/${WABA_ID}?fields=name`)).id, WABA_ID);
  });

  it('has every field of Meta’s numbers and business accounts', async () => {
    const get = async (path: string) => (await rig.graph('GET', path)).body;
    const number = await get(`/${NUMBER_ID}?fields=${NUMBER_FIELDS}`);
    assert.deepEqual(
      [number.quality_score, number.is_pin_enabled, number.country_dial_code],
      [{ score: 'GREEN' }, true, '1'],
    );
    assert.equal(number.health_status.can_send_message, 'AVAILABLE');
    assert.equal('certificate' in number, false, 'a field without a value is left out');
    const account = await get(`/${WABA_ID}?fields=${ACCOUNT_FIELDS}`);
    assert.deepEqual([account.status, account.currency, account.id], ['ACTIVE', 'USD', WABA_ID]);
    assert.equal('primary_funding_id' in account, false);
    const [listed] = (await get(`/${WABA_ID}/phone_numbers?fields=quality_score,health_status`)).data;
    assert.equal(listed.quality_score.score, 'GREEN');
  });

  it('stores the business profile, each field by itself', async () => {
    const path = `/${NUMBER_ID}/whatsapp_business_profile`;
    const set = (profile: object) => rig.graph('POST', path, { messaging_product: 'whatsapp', ...profile });
    assert.deepEqual((await rig.graph('GET', path)).body, { data: [{ messaging_product: 'whatsapp' }] });
    assert.deepEqual((await set({ about: 'Parcels', websites: ['https://example.com'] })).body, { success: true });
    await set({ vertical: 'retail', email: 'a@example.com' });
    assert.deepEqual((await rig.graph('GET', `${path}?fields=about,vertical,websites`)).body.data, [
      { about: 'Parcels', vertical: 'RETAIL', websites: ['https://example.com'] },
    ]);
    await refused(131009, set({ about: 'x'.repeat(140) }));
    await refused(131009, set({ websites: Array(3).fill('https://example.com') }));
    const picture = await refused(131055, set({ profile_picture_handle: '4:a' }));
    assert.match(picture.error_data!.details, /the emulator does not play profile pictures/);
  });

  it('refuses each part that is not played, and its page lists the same parts', async () => {
    for (const [part, edges] of Object.entries(NOT_PLAYED))
      for (const edge of edges as readonly string[]) {
        const path = edge === 'POST <id>' ? `/${WABA_ID}` : `/${NUMBER_ID}/${edge}`;
        const error = await refused(131055, rig.graph('POST', path, {}));
        assert.ok(error.error_data!.details.startsWith(`the emulator does not play ${part}.`), error.message);
      }
    const page = await readFile(new URL('../../../plugins/whatsapp_emulator/README.md', import.meta.url), 'utf8');
    const lines = page
      .split('## Not played')[1]!
      .split('\n## ')[0]!
      .matchAll(/^- ([^:\n]+?)(?:: (.+))?$/gm);
    const listed = [...lines].map(([, part, edges]) => [
      part,
      [...(edges ?? '').matchAll(/`([^`]+)`/g)].map(([, edge]) => edge),
    ]);
    assert.deepEqual(Object.fromEntries(listed), NOT_PLAYED);
  });

  it('accepts the default token only from this machine, under its own name', async () => {
    const own = await EmulatorRig.start('http://127.0.0.1:9/hook', { token: 'emulator' });
    const get = (host: string, token = 'emulator') =>
      request(`${own.url}/emulator/graph/v25.0/${NUMBER_ID}`, { headers: { host, authorization: `Bearer ${token}` } });
    for (const host of ['127.0.0.1', 'localhost:4000', '[::1]:4000'])
      assert.equal((await get(host)).statusCode, 200, host);
    const post = { method: 'POST', headers: { origin: 'https://page.example.com' } } as const;
    const page = `${own.url}/emulator/graph/v25.0/${NUMBER_ID}/messages?access_token=emulator`;
    assert.equal((await request(page, post)).statusCode, 403, 'a page of another host');
    const elsewhere = await get('tunnel.example.com');
    assert.equal(elsewhere.statusCode, 403);
    const { error } = (await elsewhere.body.json()) as { error: { code: number; error_data: { details: string } } };
    assert.equal(error.code, 10);
    assert.match(error.error_data.details, /Give the profile another access_token/);
    await own.stop();
    const named = { headers: { host: 'tunnel.example.com', authorization: 'Bearer token-of-main' } };
    assert.equal((await request(`${rig.url}/emulator/graph/v25.0/${NUMBER_ID}`, named)).statusCode, 200);
  });
});
