import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: desk
initial_state: open
states:
  open: { actions: [answer, think, take_over, let_go] }
heimdall:
  new_conversation:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub: { subject: "WhatsApp from {{heimdall.from_name}}", stubsession_hours: 24, run: _update_from_whatsapp }
actions:
  _update_from_whatsapp:
    tasks:
      remember:
        tasktype: savedata
        params:
          data:
            newest: "~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id"
            number: "~~stubpost.data._incoming_whatsapp_data.from"
  think:
    tasks:
      typing:
        tasktype: send_typing_indicator
        params: { platform: whatsapp, whatsapp: { message_ids: ["~~stub.data.newest"] } }
  answer:
    notifications:
      to_client:
        send_to: { client: { type: mobile, value: "{{stub.data.number}}" } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: "{{stubpost.message}}" } } } }
  take_over:
    tasks:
      session:
        tasktype: manage_stubsession
        params:
          platform: whatsapp
          whatsapp: { operation: set, mobile_number: "{{stubpost.data.number}}", set_new_with_timeout_hours: 2, set_feedback_action: heard }
  heard: { details: { description: The client wrote to whoever took over } }
  let_go:
    tasks:
      session:
        tasktype: manage_stubsession
        params: { platform: whatsapp, whatsapp: { operation: delete, mobile_number: "{{stub.data.number}}" } }
`;
const THANDI = '27825550101';

describe('A desk that answers on WhatsApp', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: TEMPLATE });
  });
  after(() => host.stop());

  const cases = (count: number) =>
    until(`${count} cases`, async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=desk');
      return items.length === count && items.reverse();
    });
  const untilSession = (stubref: string | null) =>
    until(`the session of ${stubref}`, async () => {
      const { stubsession } = await host.conversation(THANDI);
      return (stubsession?.stubref ?? null) === stubref && [stubsession];
    });

  it('shows the client that somebody reads and types, hands the client over, and lets go', async () => {
    await host.clientSays(THANDI, { text: 'Where is my parcel?', name: 'Thandi' });
    const [first] = await cases(1);
    await until('the first message', async () => (await host.ask('GET', `/api/stubs/${first.stubref}`)).data.newest);

    const { tasks } = await host.run(first.stubref, 'think');
    assert.equal(tasks.typing.success, true);
    const [question] = await host.chat(THANDI);
    assert.equal(question!.status, 'read', 'two blue ticks');
    const phone = async () => (await host.ask('GET', '/emulator/clients'))[0];
    assert.deepEqual((await phone()).typing, ['main']);
    const call = (await host.calls('/messages')).at(-1);
    assert.deepEqual(
      [call.body.status, call.body.message_id, call.body.typing_indicator],
      ['read', question!.id, { type: 'text' }],
    );
    await host.run(first.stubref, 'answer', { message: 'It is on its way.' });
    assert.deepEqual(await host.untilArrived(THANDI, 1), ['It is on its way.']);
    assert.deepEqual((await phone()).typing, [], 'until the answer is there');

    const colleague = await host.newStub('desk', `+${THANDI}`);
    await host.run(colleague, 'take_over', { data: { number: '082 555 0101' } });
    const [session] = await untilSession(colleague);
    assert.equal(session.feedback_action, 'heard');
    await host.clientSays(THANDI, { text: 'Thank you' });
    const post = (await host.untilPosts(colleague, 3)).at(-1);
    assert.deepEqual([post.action_name, post.message], ['heard', 'Thank you']);

    await host.run(first.stubref, 'let_go');
    await untilSession(null);
    await host.clientSays(THANDI, { text: 'One more thing' });
    const [, , third] = await cases(3);
    assert.equal((await host.untilPosts(third.stubref, 2)).at(-1).message, 'One more thing');
    assert.equal((await host.posts(colleague)).length, 3);
  });

  it('a session that a task has opened ends by itself, and the client’s next message is a new case', async () => {
    const stubref = await host.newStub('desk', `+${THANDI}`);
    await host.run(stubref, 'take_over', { data: { number: `+${THANDI}` } });
    await untilSession(stubref);
    await host.wait(3);
    await untilSession(null);
    const known = (await host.ask('GET', '/api/stubs?template=desk')).items.length;
    await host.clientSays(THANDI, { text: 'Still there?' });
    await cases(known + 1);
    assert.equal((await host.posts(stubref)).length, 2);
  });
});
