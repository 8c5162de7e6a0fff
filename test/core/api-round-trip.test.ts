import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ContactBook } from '../../core/stub/contact-book.js';
import { CASE_TEMPLATE, HttpRig } from './http-rig.js';

// biome-ignore lint/suspicious/noExplicitAny: bodies are sent back as they came
type Body = any;

const file = (keyname: string, fieldtype: 'file' | 'contact') => ({
  name: keyname,
  keyname,
  landsAt: [keyname],
  fieldtype,
  title: keyname,
  description: '',
  hideLabel: false,
  required: false,
  conditions: [],
  validations: [],
  initvalue: {},
  params: {},
});
const note = { ...CASE_TEMPLATE.actions.get('note')!, fields: [file('photos', 'file'), file('person', 'contact')] };
const TEMPLATE = { ...CASE_TEMPLATE, actions: new Map([...CASE_TEMPLATE.actions, ['note', note]]) };

describe('What the API returns can be posted back', () => {
  let rig: HttpRig;
  before(async () => {
    rig = await new HttpRig({ templates: [TEMPLATE], workers: true }).start();
  });
  after(() => rig.stop());

  const ask = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await rig.ask(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const newContact = (name: string, mobile: string) => ask('POST', '/api/contacts', { name, mobile });
  const upload = async () => {
    const form = new FormData();
    form.append('file', new Blob(['a photo'], { type: 'image/png' }), 'photo.png');
    return (await ask('POST', '/api/files', form)).items[0];
  };

  it('a contact: posted once its addresses are free, or to its own PATCH', async () => {
    const book = rig.container.get(ContactBook);
    const name = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    // Digits of these lengths may be numbers of the org's country as well; stored, they are international ones.
    const mobile = fc.constantFrom(
      '27825550101',
      '6737123456',
      '5016221234',
      '24740123',
      '2975601234',
      '4917612345678',
    );
    const rest = fc.uniqueArray(fc.constantFrom('a@example.org', 'b@example.org'));
    await fc.assert(
      fc.asyncProperty(name, mobile, rest, async (name, mobile, emails) => {
        const points = [mobile, ...emails].map((contact, at) => ({ type: at === 0 ? 'mobile' : 'email', contact }));
        const made = await ask('POST', '/api/contacts', { name, basic: { contactpoints: points } });
        const path = `/api/contacts/${made.contactuuid}`;
        const got = await ask('GET', path);
        assert.deepEqual([got.name, got.basic], [name, { contactpoints: points }]);
        const patched = await ask('PATCH', path, got);
        assert.deepEqual({ ...patched, updated_at: got.updated_at }, got);
        await book.update(made.contactuuid, { contactpoints: [] });
        const again = await ask('POST', '/api/contacts', got);
        assert.deepEqual([again.name, again.basic], [got.name, got.basic]);
        await book.update(again.contactuuid, { contactpoints: [] });
      }),
      { numRuns: 25 },
    );
  });

  it('a change of the name leaves a stored number of another country as it is', async () => {
    const made = await ask('POST', '/api/contacts', {
      name: 'A',
      basic: { contactpoints: [{ type: 'mobile', contact: '6737123457' }] },
    });
    const path = `/api/contacts/${made.contactuuid}`;
    const two = await ask('PATCH', path, { mobile: '+6737123458' });
    assert.deepEqual(two.basic.contactpoints, [{ type: 'mobile', contact: '6737123458' }]);
  });

  it('refuses two lists of addresses in one contact', async () => {
    const { status, body } = await rig.ask('POST', '/api/contacts', {
      name: 'A',
      contactpoints: [],
      basic: { contactpoints: [] },
    });
    assert.equal(status, 422);
    assert.equal(body.error.message, 'body.contactpoints: is given at the top and in basic. Give only one of them.');
  });

  it('a stub, with its contact lists: contactuuids, contacts and {mobile, name}', async () => {
    const owner = await newContact('Owner', '0825550111');
    const attachments = [await upload()];
    const lists = { owners: [owner], helpers: { contactuuids: [owner.contactuuid, owner] } };
    const data = { depot: { name: 'Cape Town' } };
    const asked = { template: 'case', subject: 'Broken', data, contact_lists: lists, attachments };
    const { stubref } = await ask('POST', '/api/stubs', {
      ...asked,
      contact_lists: { ...lists, _created_by: [{ mobile: '0825550112', name: 'Maker' }] },
    });
    const got = await ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual(got.contact_lists.owners, { contactuuids: [owner.contactuuid] });
    assert.deepEqual(got.attachments, attachments);
    const again = await ask('POST', '/api/stubs', got);
    assert.notEqual(again.stubref, stubref);
    const copy = await ask('GET', `/api/stubs/${again.stubref}`);
    const { stubref: _, stubuuid: __, created_at: ___, updated_at: ____, ...same } = copy;
    assert.deepEqual({ ...got, ...same }, got);
    await ask('POST', '/api/stubs', { template: 'case', contact_lists: got.contact_lists });
  });

  it('a stubpost, with its files, contacts and who posted it', async () => {
    const person = await newContact('Person', '0825550113');
    const photo = await upload();
    const { stubref } = await ask('POST', '/api/stubs', { template: 'case' });
    const run = (body: unknown) => ask('POST', `/api/stubs/${stubref}/actions/note?wait=30000`, body);
    const first = await run({
      message: 'Look',
      data: { photos: [photo], person, more: [1, null, { a: 'b' }] },
      attachments: [photo],
      posted_by: { on_behalf_of: person.contactuuid },
    });
    assert.deepEqual([first.data.photos, first.data.person], [[photo], person.contactuuid]);
    const got = await ask('GET', `/api/posts/${first.stubpostuuid}`);
    const again = await run(got);
    assert.notEqual(again.stubpostuuid, got.stubpostuuid);
    assert.deepEqual({ ...again, stubpostuuid: got.stubpostuuid, posted_at: got.posted_at }, got);
  });

  it('a registration, which it replaces', async () => {
    const { stubref } = await ask('POST', '/api/stubs', { template: 'case' });
    await ask('POST', '/api/heimdall/registrations', {
      registration_name: 'watch',
      events: { tick: { path: 'depots.*', mechanism: 'cbh', timeout_seconds: 600 } },
      trigger_stubaction: { stubref, action_name: 'note', data: { a: 1 } },
    });
    const list = async () => (await ask('GET', `/api/heimdall/registrations?stubref=${stubref}`)).items;
    const [got, ...others] = await list();
    assert.deepEqual(others, []);
    const again = await ask('POST', '/api/heimdall/registrations', got);
    assert.deepEqual({ ...again, registered_at: got.registered_at }, got);
    assert.deepEqual(await list(), [again]);
  });

  it('still refuses unknown keys, and names those that can be written', async () => {
    const { status, body } = await rig.ask('POST', '/api/stubs', { template: 'case', subjekt: 'x' });
    assert.equal(status, 422);
    assert.match(body.error.message, /subjekt: there is no such key\. Did you mean "subject"\?/);
    assert.doesNotMatch(body.error.message, /stubuuid/);
  });

  it('shows in the API document which keys only the API sets', async () => {
    const { paths } = await ask('GET', '/api/openapi.json');
    const { properties } = paths['/api/contacts'].post.requestBody.content['application/json'].schema;
    assert.equal(properties.created_at.readOnly, true);
    assert.equal(properties.basic.readOnly, undefined);
  });
});
