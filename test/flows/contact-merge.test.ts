import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CASE = `
template: desk
initial_state: open
states: { open: { actions: [tell, say] } }
actions:
  tell:
    notifications:
      news:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms: { meta_whatsapp: { message_type: template, params: { template: { whatsapp_template_name: general_stub_update, whatsapp_template_params_array: [Hello, "{{stubpost.message}}"] } }, stubsession: { set_new_with_timeout_hours: 24 } } }
  say:
    notifications:
      news:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: "{{stubpost.message}}" } } } }
`;

describe('Two contacts prove to be one person', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: CASE });
  });
  after(() => host.stop());
  const merge = (into: string, contactuuid: string) => host.ask('POST', `/api/contacts/${into}/merge`, { contactuuid });

  it('become one with all addresses; the other id goes on to mean it, in lists and logs', async () => {
    const first = await host.ask('POST', '/api/contacts', { name: 'Thandi', mobile: '0825550173' }, 201);
    const other = await host.ask(
      'POST',
      '/api/contacts',
      { name: 'T.', contactpoints: [{ type: 'whatsapp_user', contact: 'ZA.171717' }] },
      201,
    );
    const lists = { _created_by: [other.contactuuid], both: [first.contactuuid, other.contactuuid] };
    const { stubref } = await host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: lists }, 201);

    const merged = await host.ask('POST', `/api/contacts/${first.contactuuid}/merge`, {
      contactuuid: other.contactuuid,
    });
    assert.equal(merged.name, 'Thandi');
    assert.deepEqual(merged.merged_from, [other.contactuuid]);
    assert.deepEqual(
      merged.basic.contactpoints.map(({ contact }: { contact: string }) => contact),
      ['27825550173', 'ZA.171717'],
    );
    assert.deepEqual(await host.ask('GET', `/api/contacts/${other.contactuuid}`), merged);
    assert.deepEqual((await host.ask('GET', '/api/contacts?whatsapp_user=ZA.171717')).items, [merged]);
    assert.equal((await host.ask('GET', '/api/contacts')).items.length, 1);
    const stub = await until('the lists to follow', async () => {
      const found = await host.ask('GET', `/api/stubs/${stubref}`);
      return found.contact_lists.both.contactuuids.length === 1 && found;
    });
    assert.deepEqual(stub.contact_lists._created_by.contactuuids, [first.contactuuid]);
    assert.deepEqual(
      (await host.ask('GET', `/api/stubs?contact=${first.contactuuid}`)).items.map(
        (item: { stubref: string }) => item.stubref,
      ),
      [stubref],
    );
    const again = await host.ask('POST', `/api/contacts/${first.contactuuid}/merge`, {
      contactuuid: other.contactuuid,
    });
    assert.deepEqual(again, merged);
    await host.ask('POST', `/api/contacts/${first.contactuuid}/merge`, { contactuuid: first.contactuuid }, 422);
  });

  it('crossing merges make one, whoever comes first', async () => {
    const [a, b] = await Promise.all(
      ['0825550174', '0825550175'].map((mobile) => host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201)),
    );
    const [one, two] = await Promise.all([
      host.ask('POST', `/api/contacts/${a.contactuuid}/merge`, { contactuuid: b.contactuuid }),
      host.ask('POST', `/api/contacts/${b.contactuuid}/merge`, { contactuuid: a.contactuuid }),
    ]);
    assert.equal(one.contactuuid, two.contactuuid);
    assert.equal(one.basic.contactpoints.length, 2);
  });

  it('with stubs, sessions and deliveries go on as one: what they write and get is the survivor’s', async () => {
    const number = '27825550178';
    const stubref = await host.newStub('desk', number, 'Old name');
    const sent = await host.run(stubref, 'tell', { message: 'there' });
    await host.untilDelivery(sent.stubpostuuid, 'sent');
    const [old] = (await host.ask('GET', `/api/contacts?mobile=${number}`)).items;
    const survivor = await host.ask('POST', '/api/contacts', { name: 'Whole', mobile: '0825550179' }, 201);
    await merge(survivor.contactuuid, old.contactuuid);
    await host.clientSays(number, { text: 'It is me' });
    const heard = (await host.untilPosts(stubref, 3)).at(-1);
    assert.equal(heard.posted_by.on_behalf_of, survivor.contactuuid);
    const lists = { _created_by: [old.contactuuid] };
    const made = await host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: lists }, 201);
    const found = await until('both stubs', async () => {
      const { items } = await host.ask('GET', `/api/stubs?contact=${old.contactuuid}`);
      return items.length === 2 && items;
    });
    assert.deepEqual(new Set(found.map((item: { stubref: string }) => item.stubref)), new Set([stubref, made.stubref]));
    for (const stub of found) assert.deepEqual(stub.contact_lists._created_by.contactuuids, [survivor.contactuuid]);
    const { tasks: _, ...by } = await host.run(stubref, 'tell', { posted_by: { contactuuid: old.contactuuid } });
    assert.equal(by.notifications.news.deliveries[0].contactuuid, survivor.contactuuid);
  });

  it('get messages at the number they talk from: with the stub’s session, else with the open window', async () => {
    const [talking, first] = ['27825550191', '27825550190'];
    const toThem = async (stub: string, message: string) => {
      const { stubpostuuid } = await host.run(stub, 'say', { message });
      return (await host.untilDelivery(stubpostuuid, 'sent')).to;
    };
    const stubref = await host.newStub('desk', talking, 'Old name');
    const sent = await host.run(stubref, 'tell', { message: 'there' });
    await host.untilDelivery(sent.stubpostuuid, 'sent');
    await host.clientSays(talking, { text: 'It is me' });
    await host.untilPosts(stubref, 3);
    const [old] = (await host.ask('GET', `/api/contacts?mobile=${talking}`)).items;
    const survivor = await host.ask('POST', '/api/contacts', { name: 'Whole', mobile: `+${first}` }, 201);
    await merge(survivor.contactuuid, old.contactuuid);
    assert.equal(await toThem(stubref, 'The session is there'), talking);

    const lists = { _created_by: [survivor.contactuuid] };
    const other = await host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: lists }, 201);
    assert.equal(await toThem(other.stubref, 'The window is open there'), talking);
    await host.clientSays(first, { text: 'And from here' });
    assert.equal(await toThem(stubref, 'The session still is there'), talking);
    assert.equal(await toThem(other.stubref, 'They wrote last from here'), first);
  });

  it('in a chain, whichever link is made first, lead to the last; stubs follow all the way', async () => {
    const contacts = await Promise.all(
      ['0825550180', '0825550182', '0825550183', '0825550184'].map((mobile) =>
        host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201),
      ),
    );
    const [a, b, c, d] = contacts.map(({ contactuuid }) => contactuuid);
    const stubs = await Promise.all(
      [a, b, c, d].map((id) => host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: { all: [id] } }, 201)),
    );
    await Promise.all([merge(b, a), merge(c, b), merge(d, c)]);
    const survivor = await host.ask('GET', `/api/contacts/${a}`);
    assert.equal(survivor.basic.contactpoints.length, 4);
    for (const id of [a, b, c, d])
      assert.equal((await host.ask('GET', `/api/contacts/${id}`)).contactuuid, survivor.contactuuid);
    await until('every stub to know the survivor', async () => {
      const { items } = await host.ask('GET', `/api/stubs?contact=${a}`);
      return items.length === stubs.length;
    });
  });

  it('and one of them was erased: there is nobody to merge with', async () => {
    const [a, b] = await Promise.all(
      ['0825550185', '0825550186'].map((mobile) => host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201)),
    );
    await host.ask('DELETE', `/api/contacts/${b.contactuuid}`, undefined, 202);
    const { error } = await host.ask(
      'POST',
      `/api/contacts/${a.contactuuid}/merge`,
      { contactuuid: b.contactuuid },
      410,
    );
    assert.equal(error.code, 'contact_erased');
  });

  it('and the person is erased: the stubs of both ids forget them', async () => {
    const [a, b] = await Promise.all(
      ['0825550187', '0825550188'].map((mobile) => host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201)),
    );
    const lists = { all: [b.contactuuid] };
    const { stubref } = await host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: lists }, 201);
    await host.run(stubref, '_update', { message: 'Mine', posted_by: { on_behalf_of: b.contactuuid } });
    await merge(a.contactuuid, b.contactuuid);
    await host.ask('DELETE', `/api/contacts/${b.contactuuid}`, undefined, 202);
    await until('the log without them', async () => (await host.posts(stubref)).at(-1).erased);
    assert.deepEqual((await host.ask('GET', `/api/stubs/${stubref}`)).contact_lists.all.contactuuids, []);
    for (const id of [a, b]) await host.ask('GET', `/api/contacts/${id.contactuuid}`, undefined, 410);
  });
});
