import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const DESK = `
template: desk
initial_state: open
states: { open: { actions: [await_message, heard] } }
heimdall:
  anybody:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub: { subject: "{{heimdall.message}}", run: _update_from_whatsapp }
actions:
  await_message:
    tasks:
      register:
        tasktype: heimdall_register
        params:
          registration_name: their_word
          on_trigger_method: remove
          events:
            message: { path: "stubber.systems.notifications.whatsapp.incoming.main.from.{{stubpost.message}}", mechanism: cbh, timeout_seconds: 3600 }
          trigger_stubaction: { action_name: heard, message: "~~stubpost.data.said" }
  heard: {}
`;
const SIPHO = '27825550102';

describe('A stub that waits for the next word of a client', () => {
  let host: StoryHost;
  let waiting: string;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
    waiting = await host.newStub('desk', '+27825550101');
  });
  after(() => host?.stop());

  const subjects = async () =>
    (await host.ask('GET', '/api/stubs?template=desk')).items.map(({ subject }: { subject: string }) => subject);
  const heard = async () => (await host.posts(waiting)).filter(({ action_name }) => action_name === 'heard');

  it('has exactly one of two that come at once; the other goes where it would have gone', async () => {
    await host.run(waiting, 'await_message', { message: SIPHO, data: { said: '{{heimdall.message}} {{org.name}}' } });
    await Promise.all(['One', 'Two'].map((text) => host.clientSays(SIPHO, { text })));
    const all = await until('both to land', async () => {
      const made = (await subjects()).filter((subject: string) => subject !== 'Parcel 4711');
      const taken = (await heard()).map(({ data }) => data.heimdall.message);
      return made.length + taken.length === 2 && { made, taken };
    });
    assert.deepEqual([all.made.length, all.taken.length], [1, 1]);
    assert.deepEqual([...all.made, ...all.taken].sort(), ['One', 'Two']);
    const [post] = await heard();
    assert.equal(post.message, '{{heimdall.message}} {{org.name}}', 'what was registered is data');
    const { routing } = await host.conversation(SIPHO);
    assert.ok(routing.some(({ to }: { to: string }) => to === 'registration their_word'));
  });

  it('has none after its time', async () => {
    await host.run(waiting, 'await_message', { message: SIPHO });
    await host.wait(1);
    const known = (await subjects()).length;
    await host.clientSays(SIPHO, { text: 'Too late' });
    await until('a case of its own', async () => (await subjects()).length === known + 1);
    assert.equal((await subjects())[0], 'Too late');
    assert.equal((await heard()).length, 1);
  });
});
