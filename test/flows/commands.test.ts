import assert from 'node:assert/strict';
import { type EventWatch, StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: desk
initial_state: open
states:
  open: { actions: [ask, report] }
actions:
  ask:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: What does your gate look like? } }
            stubsession: { set_new_with_timeout_hours: 24, set_nextreply_with_timeout_minutes: 60 }
  report:
    tasks:
      note: { tasktype: savedata, params: { data: { asked_by: "~~heimdall.from", words: "~~stubpost.data.words" } } }
heimdall:
  run_report:
    path: stubber.systems.notifications.whatsapp.incoming.main.command.run.target.#.from.#
    mechanism: evt
    trigger_stubaction:
      stubref: "{{heimdall.target}}"
      action_name: report
      message: "asked by {{heimdall.from_name}}"
      data: { words: "{{heimdall.message}}" }
`;
const THANDI = '27825550101';
const INCOMING = 'stubber.systems.notifications.whatsapp.incoming';

describe('Commands', () => {
  let host: StoryHost;
  let stubref: string;
  let watch: EventWatch;
  before(async () => {
    host = await StoryHost.start({ desk: TEMPLATE });
    stubref = await host.newStub('desk', `+${THANDI}`);
    await host.clientSays(THANDI, { text: 'Hello', name: 'Thandi' });
    await until('the window', async () => (await host.conversation(THANDI).catch(() => undefined))?.window.open);
    await host.run(stubref, 'ask');
    await until('the nextreply', async () => (await host.conversation(THANDI)).nextreply?.stubref === stubref);
    watch = host.watch(`${INCOMING}.*`);
    await watch.open;
  });
  after(async () => {
    watch.close();
    await host.stop();
  });

  const event = (path: string) => until(path, () => watch.events.find((each) => each.path === `${INCOMING}.${path}`));
  const unrouted = async (message: string) =>
    until(`"${message}" in the inbox`, async () =>
      (await host.ask('GET', '/api/unrouted')).items.find(
        (item: { data: { message: string } }) => item.data.message === message,
      ),
    );

  it('pop up when the client types /, as they are configured', async () => {
    const account = await until('the commands at Meta', async () => {
      const accounts: { profile: string; commands: object[] }[] = await host.ask('GET', '/emulator/accounts');
      return accounts.find(({ profile, commands }) => profile === 'main' && commands.length > 0);
    });
    assert.deepEqual(account.commands, [{ command_name: 'run', command_description: 'Run something' }]);
    const [main] = (await host.ask('GET', '/api/profiles')).items;
    assert.deepEqual(main.commands.list, [{ name: 'run', description: 'Run something' }]);
    await until(
      'the push to be noted',
      async () => (await host.ask('GET', '/api/profiles')).items[0].commands.pushed_at,
    );
  });

  it('run an action on the stub that is their target, and use up no nextreply', async () => {
    await host.clientSays(THANDI, { text: `/run ${stubref}` });
    const { data } = await event(`main.command.run.target.${stubref}.from.${THANDI}`);
    assert.deepEqual([data.command, data.target, data.rule], ['run', stubref, 'command']);
    const post = (await host.untilPosts(stubref, 3)).at(-1);
    assert.deepEqual([post.action_name, post.message], ['report', 'asked by Thandi']);
    assert.equal(post.data.heimdall.target, stubref);
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual([stub.data.asked_by, stub.data.words], [THANDI, `/run ${stubref}`]);
    assert.equal((await host.conversation(THANDI)).nextreply.stubref, stubref);
  });

  it('are read whatever their case and blanks, without a target, and with one of any signs', async () => {
    await host.clientSays(THANDI, { text: '  /RUN  ' });
    assert.equal((await event(`main.command.run.target..from.${THANDI}`)).data.target, '');
    await host.clientSays(THANDI, { text: '/run v1.2 *all* #3 100%' });
    const odd = await event(`main.command.run.target.v1%2E2 %2Aall%2A %233 100%25.from.${THANDI}`);
    assert.equal(odd.data.target, 'v1.2 *all* #3 100%');
  });

  it('whose target is no stub, or which nobody wants, are kept for somebody to see', async () => {
    await host.clientSays(THANDI, { text: '/run something' });
    const item = await unrouted('/run something');
    assert.match(item.reason, /runs "report" on the stub "something", which does not exist/);
    await host.clientSays(THANDI, { text: '/run elsewhere', profile: 'second' });
    await event(`second.command.run.target.elsewhere.from.${THANDI}`);
    assert.equal((await unrouted('/run elsewhere')).data.whatsapp_profile_name, 'second');
  });

  it('that are not listed, or stand inside a sentence, are messages like any other', async () => {
    const known = (await host.posts(stubref)).length;
    for (const text of ['/stop everything', 'please /run it', '/', 'run'])
      await host.clientSays(THANDI, { text, profile: 'main' });
    const posts = (await host.untilPosts(stubref, known + 4)).slice(known);
    assert.deepEqual(
      posts.map(({ message, routing }) => [message, routing.rule]),
      [
        ['/stop everything', 'nextreply'],
        ['please /run it', 'stubsession'],
        ['/', 'stubsession'],
        ['run', 'stubsession'],
      ],
    );
    const { routing } = await host.conversation(THANDI);
    const trace = routing.find(({ rule }: { rule: string }) => rule === 'nextreply');
    assert.match(JSON.stringify(trace), /the command \\"stop\\" is not listed/);
  });
});
