import assert from 'node:assert/strict';
import { until } from '../support/until.js';
import { EmulatorRig, type Json, Receiver, WABA_ID } from './whatsapp-emulator-rig.js';

const TO = '+27825550101';
const LINK = 'https://example.com/a';

const text = (value: string, parameter_name?: string) => ({
  type: 'text',
  text: value,
  ...(parameter_name && { parameter_name }),
});
const body = (...parameters: Json[]) => ({ type: 'body', parameters });
const header = (...parameters: Json[]) => ({ type: 'header', parameters });
const image = { type: 'image', image: { link: LINK } };
const button = (sub_type: string, index: string | number, ...parameters: Json[]) => ({
  type: 'button',
  sub_type,
  index,
  parameters,
});
const named = header(text('7', 'order_number'));
const card = (card_index: number, ...more: Json[]) => ({
  card_index,
  components: [header(image), body(text('a parcel')), ...more],
});
const cards = (...each: Json[]) => ({ type: 'carousel', cards: each });

/** The template, its components, and Meta's code; without one it is taken. */
type Case = readonly [what: string, name: string, components: readonly Json[], code?: number];

const CASES: readonly Case[] = [
  ['a photo', 'sample_photo', [header(image), body(text('it'))]],
  ['no photo', 'sample_photo', [body(text('it'))], 132000],
  ['a video in its place', 'sample_photo', [header({ type: 'video', video: { link: LINK } }), body(text('it'))], 132012],
  ['a photo that is not known', 'sample_photo', [header({ type: 'image', image: { id: '1' } }), body(text('it'))], 131009],
  ['a photo without id and link', 'sample_photo', [header({ type: 'image', image: {} }), body(text('it'))], 131008],
  ['names in any order', 'sample_named', [named, body(text('Monday', 'day'), text('Thandi', 'first_name'))]],
  ['a parameter without a name', 'sample_named', [named, body(text('Monday'), text('Thandi', 'first_name'))], 100],
  ['a name that is not there', 'sample_named', [named, body(text('a', 'when'), text('b', 'first_name'))], 132000],
  ['a header without its parameter', 'sample_named', [body(text('a', 'day'), text('b', 'first_name'))], 132000],
  ['a header that gets too long', 'sample_named', [header(text('x'.repeat(60), 'order_number')), body(text('a', 'day'), text('b', 'first_name'))], 132005],
  ['a link', 'sample_tracking_link', [body(text('7')), button('url', '0', text('7'))]],
  ['an index that is a number', 'sample_tracking_link', [body(text('7')), button('URL', 0, text('7'))]],
  ['a link without its end', 'sample_tracking_link', [body(text('7'))], 131008],
  ['a link with two ends', 'sample_tracking_link', [body(text('7')), button('url', '0', text('7'), text('8'))], 132018],
  ['a payload for a link', 'sample_tracking_link', [body(text('7')), button('url', '0', { type: 'payload', payload: '7' })], 132012],
  ['a link where there is a number to call', 'sample_tracking_link', [body(text('7')), button('url', '1', text('7'))], 132018],
  ['a button that is not there', 'sample_tracking_link', [body(text('7')), button('url', '5', text('7'))], 132018],
  ['a code', 'sample_offer', [button('copy_code', '0', { type: 'coupon_code', coupon_code: 'X'.repeat(15) })]],
  ['a code that is too long', 'sample_offer', [button('copy_code', '0', { type: 'coupon_code', coupon_code: 'X'.repeat(16) })], 132005],
  ['no code', 'sample_offer', [], 131008],
  ['two cards', 'sample_cards', [body(text('Thandi')), cards(card(0), card(1, button('quick_reply', '0', { type: 'payload', payload: 'more-2' })))]],
  ['one card', 'sample_cards', [body(text('Thandi')), cards(card(0))], 132018],
  ['the same card twice', 'sample_cards', [body(text('Thandi')), cards(card(0), card(0))], 132018],
  ['cards without their text', 'sample_cards', [body(text('Thandi')), cards({ card_index: 0, components: [header(image)] }, card(1))], 132000],
  ['a price and a date', 'general_stub_update', [body({ type: 'currency', currency: { fallback_value: 'R10', code: 'ZAR', amount_1000: 10_000 } }, { type: 'date_time', date_time: { fallback_value: 'today' } })]],
  ['a picture for words', 'general_stub_update', [body(text('a'), image)], 132012],
  ['one parameter too few', 'general_stub_update', [body(text('a'))], 132000],
  ['one too many', 'general_stub_update', [body(text('a'), text('b'), text('c'))], 132000],
  ['an empty one', 'general_stub_update', [body(text('a'), text(''))], 131008],
  ['a line break', 'general_stub_update', [body(text('a'), text('b\nc'))], 132018],
  ['a tab', 'general_stub_update', [body(text('a'), text('b\tc'))], 132018],
  ['four spaces', 'general_stub_update', [body(text('a'), text('b    c'))]],
  ['five spaces', 'general_stub_update', [body(text('a'), text('b     c'))], 132018],
  ['a second body', 'general_stub_update', [body(text('a'), text('b')), body(text('a'), text('b'))], 132018],
  ['a header it has not', 'general_stub_update', [header(text('a')), body(text('a'), text('b'))], 132000],
  ['a component of another kind', 'general_stub_update', [{ type: 'sidebar' }, body(text('a'), text('b'))], 131009],
  ['a payload for a reply', 'general_interaction_request', [body(text('a')), button('quick_reply', 0, { type: 'payload', payload: 'p'.repeat(256) })]],
  ['a payload that is too long', 'general_interaction_request', [body(text('a')), button('quick_reply', 0, { type: 'payload', payload: 'p'.repeat(257) })], 131009],
  ['a rejected one', 'sample_rejected', [body(text('a'))], 132001],
]; // biome-ignore format: one case, one line

describe('whatsapp_emulator: WhatsApp templates', () => {
  const receiver = new Receiver();
  let rig: EmulatorRig;

  before(async () => {
    rig = await EmulatorRig.start(await receiver.start());
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  const send = (name: string, components: readonly Json[], code = 'en') =>
    rig.send(TO, { template: { name, language: { code }, components } });
  const list = async (query = '') => (await rig.graph('GET', `/${WABA_ID}/message_templates${query}`)).body;
  const namesOf = ({ data }: { data: readonly { name: string }[] }) => data.map((each) => each.name);
  const setStatus = (name: string, change: Json, language = 'en') =>
    rig.call('POST', `/emulator/templates/${name}/${language}/status`, change);
  const announced = async (name: string, event: string) => {
    const find = () =>
      receiver.got.find(({ value }) => value.message_template_name === name && value.event === event)?.value;
    await until(`the webhook ${event} of ${name}`, () => find() !== undefined);
    return find();
  };

  for (const [what, name, components, code] of CASES)
    it(`${name}: ${what} is ${code === undefined ? 'taken' : `refused with ${code}`}`, async () => {
      const { body } = await send(name, components);
      assert.equal(body.error?.code, code, JSON.stringify(body));
    });

  it('fills in by name, and shows the replies of cards with their payloads', async () => {
    await send('sample_named', [named, body(text('Monday', 'day'), text('Thandi', 'first_name'))]);
    assert.match((await rig.chat(TO)).at(-1)!.text, /^Hello Thandi, we expect it on Monday/);
    const reply = button('quick_reply', '0', { type: 'payload', payload: 'more-2' });
    await send('sample_cards', [body(text('Thandi')), cards(card(0), card(1, reply))]);
    assert.deepEqual((await rig.chat(TO)).at(-1)!.buttons, [
      { id: 'Tell me more', title: 'Tell me more' },
      { id: 'more-2', title: 'Tell me more' },
    ]);
  });

  it('refuses by status: paused 132015, disabled 132016, and tells of each change by webhook', async () => {
    const codeOf = async () => (await send('sample_photo', [header(image), body(text('it'))])).body.error?.code;
    const codes: unknown[] = [];
    for (const [status, reason] of [
      ['PAUSED', 'LOW_QUALITY'],
      ['DISABLED', undefined],
      ['PENDING', undefined],
      ['REJECTED', 'INVALID_FORMAT'],
      ['APPROVED', undefined],
    ] as const) {
      const changed = await setStatus('sample_photo', { status, ...(reason && { reason }) });
      assert.equal(changed.body.status, status);
      const value = await announced('sample_photo', status);
      assert.equal(value.reason, reason ?? 'NONE');
      assert.equal(value.message_template_language, 'en');
      codes.push(await codeOf());
    }
    assert.deepEqual(codes, [132015, 132016, 132001, 132001, undefined]);
    assert.equal((await setStatus('sample_photo', { status: 'APPROVED' }, 'fr')).body.error.code, 'item_unknown');
    assert.equal((await setStatus('sample_photo', { status: 'GONE' })).body.error.code, 'validation_failed');
  });

  it('lists in pages, filtered, with the fields that are asked for', async () => {
    const all = namesOf(await list());
    const seen: string[] = [];
    let after = '';
    do {
      const page = await list(`?limit=4${after && `&after=${after}`}`);
      seen.push(...namesOf(page));
      assert.equal(page.paging.next === undefined, seen.length === all.length);
      after = page.paging.next && page.paging.cursors.after;
    } while (after);
    assert.deepEqual(seen, all);
    assert.deepEqual(namesOf(await list('?name=sample_named')), ['sample_named']);
    assert.deepEqual(namesOf(await list('?status=REJECTED')), ['sample_rejected']);
    const [one] = (await list('?name=sample_rejected&fields=name,status,rejected_reason')).data;
    assert.deepEqual(Object.keys(one).sort(), ['id', 'name', 'rejected_reason', 'status']);
    assert.equal((await list('?fields=colour')).error.code, 100);
    assert.equal((await list('?after=nowhere')).error.code, 100);
    const next = await rig.graph('GET', `/${WABA_ID}/message_templates?limit=4`);
    assert.match(next.body.paging.next, /^http:\/\/127\.0\.0\.1:\d+\/emulator\/graph\/v25\.0\/.*limit=4&after=/);
  });

  it('has every field of Meta’s templates, in the list and by id', async () => {
    const fields = [
      'message_send_ttl_seconds', 'correct_category', 'previous_category', 'rejected_reason', 'library_template_name',
      'quality_score{score,date}', 'cta_url_link_tracking_opted_out', 'degrees_of_freedom_spec', 'health_status', 'source',
      'name', 'sub_category',
    ].join(); // biome-ignore format: a list reads best
    const [listed] = (await list(`?name=sample_photo&fields=${fields}`)).data;
    assert.deepEqual(Object.keys(listed).sort(), [
      'cta_url_link_tracking_opted_out', 'health_status', 'id', 'name', 'quality_score', 'rejected_reason',
    ]); // biome-ignore format: a list reads best
    assert.equal(listed.health_status.can_send_message, 'AVAILABLE');
    assert.deepEqual((await rig.graph('GET', `/${listed.id}?fields=${fields}`)).body, listed);
    const whole = (await rig.graph('GET', `/${listed.id}`)).body;
    assert.deepEqual([whole.name, whole.status, whole.id], ['sample_photo', 'APPROVED', listed.id]);
    assert.equal((await rig.graph('GET', `/${listed.id}?fields=colour`)).body.error.code, 100);
    const none = (await rig.graph('GET', '/100000000000099')).body.error;
    assert.deepEqual([none.code, none.error_subcode], [100, 33]);
  });

  it('filters by text and by lists in any case, and counts', async () => {
    assert.deepEqual(namesOf(await list('?name_or_content=PARCEL')), ['sample_tracking_link']);
    assert.deepEqual(namesOf(await list('?content=win a prize')), ['sample_rejected']);
    assert.deepEqual(namesOf(await list('?name=sample_photo,sample_named&language=en')), [
      'sample_photo',
      'sample_named',
    ]);
    assert.deepEqual(namesOf(await list('?status=["rejected","paused"]')), ['sample_rejected']);
    assert.equal((await list('?quality_score=GREEN')).data.length, 0);
    const all = await list();
    const { data, summary } = await list('?category=marketing&summary=total_count,message_template_count');
    assert.deepEqual(summary, { total_count: data.length, message_template_count: all.data.length });
    assert.equal((await list('?summary=colour')).error.code, 100);
    const first = await list('?limit=2');
    const second = await list(`?limit=2&after=${first.paging.cursors.after}`);
    assert.match(second.paging.previous, /before=/);
    assert.deepEqual(namesOf(await list(`?limit=2&before=${second.paging.cursors.before}`)), namesOf(all).slice(0, 2));
  });

  it('checks the time to live of a new template against the limits of its category', async () => {
    const make = async (category: string, message_send_ttl_seconds: number) => {
      const name = `ttl_${category}_${message_send_ttl_seconds}`.toLowerCase().replace('-', 'minus_');
      const components = [{ type: 'body', text: 'Hello' }];
      const body = { name, language: 'en', category, components, message_send_ttl_seconds };
      return (await rig.graph('POST', `/${WABA_ID}/message_templates`, body)).body.error?.code;
    };
    for (const [category, least, most] of [
      ['authentication', 30, 900],
      ['UTILITY', 30, 43_200],
      ['MARKETING', 43_200, 2_592_000],
    ] as const) {
      for (const ttl of [least, most, -1]) assert.equal(await make(category, ttl), undefined, `${category} ${ttl}`);
      for (const ttl of [least - 1, most + 1]) assert.equal(await make(category, ttl), 100, `${category} ${ttl}`);
    }
    const [made] = (await list('?name=ttl_utility_30&fields=message_send_ttl_seconds')).data;
    assert.equal(made.message_send_ttl_seconds, 30);
  });

  it('gives a template that authenticates Meta’s own words', async () => {
    const components = [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ];
    const made = { name: 'login', language: 'en', category: 'AUTHENTICATION', components };
    assert.equal((await rig.graph('POST', `/${WABA_ID}/message_templates`, made)).status, 200);
    const copy = button('url', 0, text('123456'));
    assert.equal((await send('login', [body(text('123456')), copy])).status, 200);
    assert.equal(
      (await rig.chat(TO)).at(-1)!.text,
      '*123456* is your verification code. For your security, do not share this code.',
    );
  });

  it('makes a template, approves it, and deletes it by name', async () => {
    const made = {
      name: 'parcel_late',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Late: {{1}}' }],
    };
    const create = (more: Json = {}) => rig.graph('POST', `/${WABA_ID}/message_templates`, { ...made, ...more });
    const { body: created } = await create();
    assert.deepEqual({ ...created, id: undefined }, { id: undefined, status: 'PENDING', category: 'UTILITY' });
    assert.equal(String((await announced('parcel_late', 'APPROVED')).message_template_id), created.id);
    assert.equal((await send('parcel_late', [body(text('a'))])).status, 200);
    assert.equal((await create()).body.error.error_subcode, 2388024);
    for (const name of ['Parcel Late', 'parcel-late', '', 'x'.repeat(513)])
      assert.equal((await create({ name })).body.error.code, 100, name);
    assert.equal((await create({ name: 'no_body', components: [{ type: 'FOOTER', text: 'a' }] })).body.error.code, 100);
    const remove = (name: string) => rig.graph('DELETE', `/${WABA_ID}/message_templates?name=${name}`);
    assert.deepEqual((await remove('parcel_late')).body, { success: true });
    assert.equal((await remove('parcel_late')).body.error.error_subcode, 2593002);
    assert.equal((await send('parcel_late', [body(text('a'))])).body.error.code, 132001);
    await remove('sample_offer');
    assert.ok(!namesOf(await list()).includes('sample_offer'));
  });

  it('leaves a new template pending where approval is by hand', async () => {
    const own = await EmulatorRig.start(await new Receiver().start(), { config: { template_approval: 'by_hand' } });
    const body = { name: 'slow', language: 'en', category: 'MARKETING', components: [{ type: 'BODY', text: 'Hello' }] };
    await own.graph('POST', `/${WABA_ID}/message_templates`, body);
    const [template] = (await own.graph('GET', `/${WABA_ID}/message_templates?name=slow`)).body.data;
    assert.equal(template.status, 'PENDING');
    await own.stop();
  });
});
