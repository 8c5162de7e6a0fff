import assert from 'node:assert/strict';
import { DESK, newDeskClient } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const STASH_LIMIT = 100;
const MAKER = `
template: maker
initial_state: open
states:
  open: { actions: [lead_nowhere] }
actions:
  lead_nowhere:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: Good day } }
            stubsession: { set_new_with_timeout_hours: 24, set_stubsession_stubref: 2026-01-01-AAAA-BBBB }
`;

describe('meta_whatsapp: where a conversation says no, and where a person decides', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: DESK, maker: MAKER });
  });
  after(() => host.stop());

  it(`${STASH_LIMIT} messages wait for consent; the next fails with stash_full, and those before it arrive in order`, async () => {
    const { number, tell } = await newDeskClient(host, '27825550171', { hasWritten: false });
    for (let count = 1; count <= STASH_LIMIT; count += 1) await tell(`${count}`);
    await until('all to wait', async () => (await host.conversation(number)).stash.length === STASH_LIMIT);
    const { error } = (await (await tell('one too many')).until('failed')).history.at(-1);
    assert.equal(error.code, 'stash_full');
    assert.match(error.message, /100/);
    assert.equal((await host.arrived(number)).length, 1, 'one request for them all');
    await host.clientSays(number, { tap: 'Allow' });
    await until('all of them', async () => (await host.arrived(number)).length === STASH_LIMIT + 1);
    assert.deepEqual(
      (await host.arrived(number)).slice(1).map(Number),
      Array.from({ length: STASH_LIMIT }, (_, at) => at + 1),
    );
  });

  it('a stubsession that is to point at a stub that is not there fails its delivery with unknown_stubref', async () => {
    const { number, stubref } = await newDeskClient(host, '27825550172');
    const maker = await host.newStub('maker', `+${number}`);
    const { stubpostuuid } = await host.run(maker, 'lead_nowhere');
    const { error } = (await host.untilDelivery(stubpostuuid, 'failed')).history.at(-1);
    assert.equal(error.code, 'unknown_stubref');
    assert.match(error.message, /2026-01-01-AAAA-BBBB/);
    assert.deepEqual([await host.arrived(number), (await host.conversation(number)).stubsession], [[], null], stubref);
  });

  it('a message that nobody took is routed by hand to a stub there is, once, and never to one there is not', async () => {
    const { number, stubref } = await newDeskClient(host, '27825550173');
    const mine = async () =>
      (await host.ask('GET', '/api/unrouted')).items.filter(
        (item: { data: { from: string } }) => item.data.from === number,
      );
    const [item] = await mine();
    const path = `/api/unrouted/${encodeURIComponent(item.id)}/route`;
    const { error } = await host.ask('POST', path, { stubref: '2026-01-01-AAAA-BBBB' }, 404);
    assert.equal(error.code, 'stub_unknown');
    await host.ask('POST', path, { stubref });
    const posts = await host.untilPosts(stubref, 2);
    assert.deepEqual([posts.at(-1).action_name, posts.at(-1).message], ['_update_from_whatsapp', 'Hello']);
    assert.deepEqual(await mine(), []);
    await host.ask('POST', path, { stubref }, 404);
    assert.equal((await host.posts(stubref)).length, posts.length);
  });
});
