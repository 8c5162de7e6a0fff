import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const PARENT = `
template: parent
initial_state: open
states: { open: { actions: [spawn, people, reach, files, link, aims, guarded_lists] } }
actions:
  spawn:
    tasks:
      child:
        tasktype: create_stub
        params:
          template: child
          subject: "Child of {{stub.subject}}"
          message: Made by {{stub.stubref}}
          data: { parent: "~~stub.stubref", amount: "~~stubpost.data.amount" }
          contact_lists: { helpers: [ { mobile: "082 555 0162", name: Helper } ] }
      greet: { tasktype: sendaction, params: { stubref: "{{stubpost.tasks.child.payload.stubref}}", action_name: hello, message: Welcome } }
      keep: { tasktype: savedata, params: { data: { child: "~~stubpost.tasks.child.payload.stubref", took: "~~stubpost.tasks.child.task_duration_ms" } } }
      unknown: { tasktype: create_stub, params: { template: "{{stubpost.data.none}}nowhere" } }
  people:
    fields: { who: { fieldtype: contact }, how: {} }
    tasks:
      list: { tasktype: set_list, params: { list_name: agents, contacts: [ "~~stubpost.data.who" ], operation: "{{stubpost.data.how}}", pointer: assigned_to } }
      pool: { tasktype: set_list, params: { list_name: pool, contacts: [ { mobile: "+27825550163", name: Poolside } ], pointer: in_the_pool_of } }
      seen: { tasktype: savedata, params: { data: { agents: "~~stub.contact_lists.agents.contactuuids", pointer: "{{stub.pointers.assigned_to.list_name}}" } } }
    notifications:
      line: { send_to: { agents: { type: contact_list, value: agents } }, platforms: { log: { body: You have it } } }
  reach:
    fields: { address: {}, type: {} }
    tasks:
      add: { tasktype: add_contactpoint, params: { type: "{{stubpost.data.type}}", contact: "{{stubpost.data.address}}" } }
  files:
    fields: { papers: { fieldtype: file } }
    tasks: { attach: { tasktype: attach_file, params: { files: "~~stubpost.data.papers" } } }
  link:
    tasks:
      short: { tasktype: create_lid, params: { data: { step: 2, secret: "{{stubpost.data.none}}" }, ttl_hours: 2 } }
      keep: { tasktype: savedata, params: { data: { lid: "~~stubpost.tasks.short.payload.lid" } } }
  aims:
    tasks:
      stub: { tasktype: sendaction, params: { action_name: people, stubref: "~~stub.data.no_such" } }
      person: { tasktype: add_contactpoint, params: { contactuuid: "~~stub.data.no_such", type: email, contact: a@b.example } }
  guarded_lists:
    tasks: { odd: { tasktype: set_list, params: { list_name: constructor, contacts: [] } }, odder: { tasktype: set_list, params: { list_name: "{{stubpost.data.list}}", contacts: [] } } }
`;
const CHILD = `
template: child
initial_state: fresh
states: { fresh: { actions: [hello] }, greeted: {} }
actions:
  _create: { tasks: { keep: { tasktype: savedata, params: { data: { word: "~~stubpost.message" } } } } }
  hello: { to_state: greeted }
`;

describe('A task', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ parent: PARENT, child: CHILD });
  });
  after(() => host.stop());
  beforeEach(async () => {
    stubref = await host.newStub('parent', '0825550161');
  });
  const stub = (ref = stubref) => host.ask('GET', `/api/stubs/${ref}`);
  const contact = async (mobile: string) => host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201);

  it('create_stub makes another stub with data, lists and creators, and later steps know it', async () => {
    const { tasks } = await host.run(stubref, 'spawn', { data: { amount: 7 } });
    const { stubref: child, stubpostuuid, template } = tasks.child.payload;
    assert.deepEqual([template, tasks.unknown.error.code], ['child', 'template_unknown']);
    const made = await until('the child to be greeted', async () => {
      const response = await fetch(`${host.url}/api/stubs/${child}`);
      const found = response.ok && ((await response.json()) as Awaited<ReturnType<typeof stub>>);
      return found && found.state === 'greeted' && found;
    });
    const word = `Made by ${stubref}`;
    assert.deepEqual([made.subject, made.data], ['Child of Parcel 4711', { parent: stubref, amount: 7, word }]);
    const parent = await stub();
    assert.deepEqual(made.contact_lists._created_by, parent.contact_lists._created_by);
    const [helper] = (await host.ask('GET', '/api/contacts?mobile=0825550162')).items;
    assert.deepEqual(made.contact_lists.helpers.contactuuids, [helper.contactuuid]);
    assert.deepEqual([parent.data.child, Number.isInteger(parent.data.took)], [child, true]);
    const posts = await host.posts(child);
    assert.deepEqual(
      posts.map(({ action_name, message }) => [action_name, message]),
      [
        ['_create', word],
        ['hello', 'Welcome'],
      ],
    );
    assert.equal(posts[0].stubpostuuid, stubpostuuid);
  });

  it('set_list fills, adds to and takes from a list, and points to it; the messages of the run go there', async () => {
    const [one, two] = await Promise.all([contact('0825550164'), contact('0825550165')]);
    const agents = async (who: { contactuuid: string }, how: string) => {
      const post = await host.run(stubref, 'people', { data: { who: who.contactuuid, how } });
      return { post, stub: await stub() };
    };
    const set = await agents(one, 'set');
    assert.deepEqual(set.stub.contact_lists.agents.contactuuids, [one.contactuuid]);
    assert.deepEqual(set.stub.pointers, {
      assigned_to: { list_name: 'agents' },
      in_the_pool_of: { list_name: 'pool' },
    });
    assert.deepEqual([set.stub.data.agents, set.stub.data.pointer], [[one.contactuuid], 'agents']);
    assert.deepEqual(
      set.post.notifications.line.deliveries.map(({ contactuuid }: { contactuuid: string }) => contactuuid),
      [one.contactuuid],
    );
    const added = await agents(two, 'add');
    assert.deepEqual(added.stub.contact_lists.agents.contactuuids, [one.contactuuid, two.contactuuid]);
    const found = (await host.ask('GET', `/api/stubs?contact=${two.contactuuid}`)).items;
    assert.deepEqual(
      found.map((item: { stubref: string }) => item.stubref),
      [stubref],
    );
    const removed = await agents(two, 'remove');
    assert.deepEqual(removed.stub.contact_lists.agents.contactuuids, [one.contactuuid]);
    assert.deepEqual((await host.ask('GET', `/api/stubs?contact=${two.contactuuid}`)).items, []);
    assert.equal((await agents(one, 'shuffle')).post.tasks.list.error.code, 'validation_failed');
  });

  it('set_list takes any name of a list for what it is', async () => {
    const { tasks } = await host.run(stubref, 'guarded_lists', { data: { list: '__proto__' } });
    assert.deepEqual([tasks.odd.success, tasks.odder.success], [true, false]);
    assert.deepEqual((await stub()).contact_lists.constructor, { contactuuids: [] });
  });

  it('add_contactpoint gives who runs the action one more address, once; one of another person’s is refused', async () => {
    const person = await contact('0825550166');
    const reach = async (address: string, type: string) => {
      const body = { data: { address, type }, posted_by: { on_behalf_of: person.contactuuid } };
      return (await host.run(stubref, 'reach', body)).tasks.add;
    };
    const added = await reach('ZA.1234567', 'whatsapp_user');
    assert.deepEqual(added.payload.contactpoints.length, 2);
    assert.deepEqual((await reach('ZA.1234567', 'whatsapp_user')).payload, added.payload);
    const [found] = (await host.ask('GET', '/api/contacts?whatsapp_user=ZA.1234567')).items;
    assert.equal(found.contactuuid, person.contactuuid);
    await contact('0825550167');
    assert.equal((await reach('082 555 0167', 'mobile')).error.code, 'contact_exists');
    assert.equal((await reach('12', 'mobile')).error.code, 'number_invalid');
    const nobody = await host.run(stubref, 'reach', { data: { address: '0825550168', type: 'mobile' } });
    assert.equal(nobody.tasks.add.error.code, 'contact_unknown');
  });

  it('whose aim is written and is not there does nothing, rather than hit somebody else', async () => {
    const person = await contact('0825550169');
    const { tasks } = await host.run(stubref, 'aims', { posted_by: { contactuuid: person.contactuuid } });
    for (const name of ['stub', 'person'])
      assert.match(tasks[name].error.message, /refers to something that is not there/);
    assert.equal((await host.ask('GET', `/api/contacts/${person.contactuuid}`)).basic.contactpoints.length, 1);
  });

  it('attach_file puts files on the stub, each once', async () => {
    const file = await host.upload(new TextEncoder().encode('paper'), 'paper.txt', 'text/plain');
    for (let time = 0; time < 2; time++) {
      assert.equal((await host.run(stubref, 'files', { data: { papers: [file] } })).tasks.attach.success, true);
    }
    const { attachments } = await stub();
    assert.deepEqual(
      attachments.map(({ fileuuid, originalname, size }: Record<string, unknown>) => [fileuuid, originalname, size]),
      [[file, 'paper.txt', 5]],
    );
  });

  it('create_lid makes a short id whose data can be read until its time is over', async () => {
    await host.run(stubref, 'link');
    const { lid } = (await stub()).data;
    const { data } = await host.ask('GET', `/api/lids/${lid}`);
    assert.deepEqual([data.step, data.secret, data.stubref], [2, '', stubref]);
    await host.wait(3);
    await host.ask('GET', `/api/lids/${lid}`, undefined, 404);
  });
});
