import assert from 'node:assert/strict';
import { readYaml } from '../../core/config/load-yaml.js';
import { checkTemplate } from '../../core/template/checked-template.js';
import { ruleWorld } from '../support/rule-world.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const THANDI = '27825550101';
const HIDDEN = 'ZA.13491208655302741918';

const DESK = `
template: desk
initial_state: open
states: { open: { actions: [take, hand_over, leave, blink] } }
actions:
  take:
    tasks:
      hold:
        tasktype: manage_stubsession
        params: { platform: whatsapp, whatsapp: { operation: set, mobile_number: "{{stubpost.data.number}}" } }
  hand_over:
    tasks:
      hold:
        tasktype: manage_stubsession
        params:
          platform: whatsapp
          whatsapp:
            operation: set
            mobile_number: 082 555 0101
            stubref: "{{stubpost.data.stubref}}"
            set_new_with_timeout_hours: "{{stubpost.data.hours}}"
            whatsapp_profile_name: main
  leave:
    tasks:
      drop:
        tasktype: manage_stubsession
        params: { platform: whatsapp, whatsapp: { operation: delete, mobile_number: +27825550101 } }
  blink:
    tasks:
      typing:
        tasktype: send_typing_indicator
        params: { platform: whatsapp, whatsapp: { message_ids: ["~~stubpost.data.id"] } }
  _update_from_whatsapp:
    tasks:
      typing:
        tasktype: send_typing_indicator
        params:
          platform: whatsapp
          whatsapp: { message_ids: ["~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id"] }
`;

describe('WhatsApp tasks of an action', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  const newDesk = async (): Promise<string> =>
    (await host.ask('POST', '/api/stubs', { template: 'desk' }, 201)).stubref;
  const untilSession = (stubref: string | null, client = THANDI) =>
    until(`the stubsession to be ${stubref}`, async () => {
      const { stubsession } = await host.conversation(client);
      return (stubsession?.stubref ?? null) === stubref && [stubsession];
    });

  it('manage_stubsession lets a stub have the client’s next messages, and gives them up again', async () => {
    const stubref = await newDesk();
    await host.clientSays(THANDI, { text: 'Anybody there?' });
    await until('the conversation', () => host.conversation(THANDI).catch(() => undefined));
    const post = await host.run(stubref, 'take', { data: { number: '+27 82 555 0101' } });
    assert.deepEqual(post.tasks.hold.payload, {
      operation: 'set',
      whatsapp_profile_name: 'main',
      mobile_number: THANDI,
      stubref,
      hours: 24,
      feedback_action: '_update_from_whatsapp',
    });
    const [session] = await untilSession(stubref);
    assert.ok(Math.abs(Date.parse(session.until) - Date.now() - 24 * 3_600_000) < 60_000);
    await host.clientSays(THANDI, { text: 'Good' });
    const posts = await host.untilPosts(stubref, 3);
    assert.equal(posts.at(-1).message, 'Good');

    const other = await newDesk();
    await host.run(stubref, 'hand_over', { data: { stubref: other, hours: 2 } });
    const [handed] = await untilSession(other);
    assert.ok(Math.abs(Date.parse(handed.until) - Date.now() - 2 * 3_600_000) < 60_000);
    await host.run(stubref, 'leave');
    await untilSession(null);
  });

  it('manage_stubsession reaches a client whose number is hidden, by Meta’s user id', async () => {
    const stubref = await newDesk();
    const post = await host.run(stubref, 'take', { data: { number: HIDDEN } });
    assert.equal(post.tasks.hold.payload.mobile_number, HIDDEN);
  });

  it('manage_stubsession fails for a stub that is not there, and for no number, and changes nothing', async () => {
    const stubref = await newDesk();
    const unknown = await host.run(stubref, 'hand_over', { data: { stubref: '2026-01-01-AAAA-AAAA', hours: 2 } });
    assert.deepEqual([unknown.tasks.hold.success, unknown.tasks.hold.error.code], [false, 'unknown_stubref']);
    const none = await host.run(stubref, 'take', { data: { number: 'nobody' } });
    assert.deepEqual([none.tasks.hold.success, none.tasks.hold.error.code], [false, 'validation_failed']);
    assert.match(none.tasks.hold.error.message, /whatsapp\.mobile_number.*no mobile number/);
  });

  it('send_typing_indicator shows "typing…" and marks the message read, before the run is done', async () => {
    const stubref = await newDesk();
    await host.run(stubref, 'take', { data: { number: THANDI } });
    await untilSession(stubref);
    await host.clientSays(THANDI, { text: 'Where is it?' });
    const post = (await host.untilPosts(stubref, 3)).at(-1);
    const id = post.data._incoming_whatsapp_data.whatsapp_body.id;
    assert.deepEqual([post.tasks.typing.success, post.tasks.typing.payload], [true, [{ message_id: id }]]);
    const calls = await host.ask('GET', `/emulator/requests?client=${THANDI}`);
    assert.deepEqual(calls.at(-1).body, {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: id,
      typing_indicator: { type: 'text' },
    });
  });

  it('send_typing_indicator records what Meta says of a message that it does not know, and needs at least one', async () => {
    const stubref = await newDesk();
    const foreign = await host.run(stubref, 'blink', { data: { id: 'wamid.foreign' } });
    assert.equal(foreign.tasks.typing.success, false);
    assert.equal(foreign.tasks.typing.error.code, 'provider_refused');
    assert.match(foreign.tasks.typing.error.message, /^1 of 1 messages: /);
    const none = await host.run(stubref, 'blink');
    assert.equal(none.tasks.typing.error.code, 'validation_failed');
  });

  it('a template that writes them wrongly does not load', async () => {
    const { vocabulary } = await ruleWorld();
    const wrong = (params: string): string => {
      const text = `initial_state: open\nstates: { open: { actions: [go] } }\nactions:\n  go:\n    tasks:\n      hold:\n        tasktype: manage_stubsession\n        params: ${params}\n`;
      const checked = checkTemplate(readYaml('wrong.yaml', text).documents[0]!, vocabulary);
      return 'problems' in checked ? checked.problems.map(({ message }) => message).join('\n') : 'it is right';
    };
    assert.match(wrong('{ platform: sms, whatsapp: { operation: delete, mobile_number: "0825550101" } }'), /platform/);
    assert.match(
      wrong('{ platform: whatsapp, whatsapp: { operation: delete, mobile_number: "12" } }'),
      /no mobile number/,
    );
    assert.match(
      wrong(
        '{ platform: whatsapp, whatsapp: { operation: delete, mobile_number: "0825550101", whatsapp_profile_name: mane } }',
      ),
      /"mane", which is not configured/,
    );
  });
});
