import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: box
initial_state: open
data: { greeting: "Dear {{stub.data.name}}" }
states:
  open: { actions: [note, keep, list, loops, pattern, slow_condition, approved, second, wait_for] }
heimdall:
  new_conversation:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub:
      subject: "{{heimdall.from_name}}: {{heimdall.message}}"
      stubsession_hours: 24
      run: _update_from_whatsapp
      data: { name: "~~heimdall.from_name", first: "~~heimdall.message", secret: s3cret, greeting: "{{template.name}}" }
  told:
    path: tests.told.#
    mechanism: evt
    trigger_stubaction: { stubref: "{{heimdall.stubref}}", action_name: note, message: "{{heimdall.words}}", data: { words: "~~heimdall.words" } }
  bursting:
    path: tests.bursting
    mechanism: cbh
    create_stub: { subject: "{{#each heimdall.l}}{{#each @root.heimdall.l}}{{/each}}{{/each}}" }
  bursting_run:
    path: tests.bursting.run
    mechanism: evt
    trigger_stubaction: { stubref: "{{#each heimdall.l}}{{#each @root.heimdall.l}}{{/each}}{{/each}}", action_name: note }
actions:
  _update_from_whatsapp:
    tasks:
      keep:
        tasktype: savedata
        params:
          data:
            whole: "~~stubpost.message"
            inline: "<{{stubpost.message}}>"
    notifications:
      echo:
        send_to: { client: { type: mobile, value: "{{stubpost.data._incoming_whatsapp_data.from}}" } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}|{{#with stub.data}}{{name}}{{/with}}|" } }
  note:
    tasks: { keep: { tasktype: savedata, params: { data: { noted: "~~stubpost.message", words: "~~stubpost.data.words" } } } }
  keep:
    tasks: { keep: { tasktype: savedata, params: { data: { kept: "~~stubpost.data", text: "{{stubpost.data.given}}" } } } }
  list:
    conditions: ['$exists(stubpost.data)']
    notifications:
      menu:
        send_to: { client: { type: mobile, value: "~~stubpost.data.number" } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{#each stubpost.data.items}}{{#deterministicuuid this}}{{/deterministicuuid}}{{/each}}" } }
  loops:
    tasks:
      nest: { tasktype: savedata, params: { data: { x: "{{#each stub.data.l}}{{#each @root.stub.data.l}}{{#each @root.stub.data.l}}x{{/each}}{{/each}}{{/each}}" } } }
      after: { tasktype: savedata, params: { data: { after: yes } } }
  pattern:
    fields: { word: { fieldtype: text, validations: { slow: { validationtype: regex, params: { regex: "^(a+)+$" } } } } }
  slow_condition:
    conditions: ['$match(stubpost.message, /^(a+)+$/)']
  wait_for:
    tasks:
      wait:
        tasktype: heimdall_register
        params:
          events: { later: { path: tests.later, mechanism: evt } }
          trigger_stubaction: { action_name: note, message: "~~stubpost.message", data: { words: "{{stubpost.message}}" } }
  second:
    tasks: { keep: { tasktype: savedata, params: { data: { letter: "{{#substitute}}{{template.data.greeting}}{{/substitute}}" } } } }
  approved:
    notifications:
      update:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: template
            params:
              template:
                whatsapp_template_name: general_stub_update
                whatsapp_template_params_array: ["~~stub.data.missing", "~~stub.data.name"]
`;

const HOSTILE = [
  '{{stub.data.secret}}',
  '{{{stub.data.secret}}} {{#each stub}}{{@key}}{{/each}}',
  '~~stub.data.secret',
  '~~org',
  '~~#substitute(template.data.greeting)',
  '{{#substitute}}{{template.data.greeting}}{{/substitute}}',
  '{{#skip}}',
  '{{#each stub.data}}',
  '{{',
  '\\{{org.name}}',
  '{{#with stub as |x|}}{{x.constructor.constructor "return process"}}{{/with}}',
  '{{__proto__.polluted}} constructor.constructor',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to be no template
  '$eval("1") ${process.env.HOME} %7B%7Borg%7D%7D',
  `"]; } #{1} <script>alert(1)</script> & '`,
];

describe('Injection: what comes from outside is data, whatever it says', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ box: TEMPLATE });
  });
  after(() => host.stop());

  const newBox = async (data: object = {}) =>
    (await host.ask('POST', '/api/stubs', { template: 'box', data }, 201)).stubref as string;
  const stubData = async (stubref: string) => (await host.ask('GET', `/api/stubs/${stubref}`)).data;
  /** Another stub is answered meanwhile. */
  const answersOthers = async () => {
    const { message } = await host.run(await newBox(), 'note', { message: 'still here' });
    assert.equal(message, 'still here');
  };

  it('texts and names of clients are said back letter by letter, and kept so', async () => {
    const clients = HOSTILE.map((text, at) => ({
      number: `2782555${String(3000 + at)}`,
      text,
      name: HOSTILE.at(-1 - at)!,
    }));
    await Promise.all(clients.map(({ number, text, name }) => host.clientSays(number, { text, name })));
    for (const { number, text, name } of clients) {
      assert.deepEqual(await host.untilArrived(number, 1), [`${text}|${name}|`]);
    }
    const { items } = await host.ask('GET', '/api/stubs?template=box&limit=200');
    for (const { text, name } of clients) {
      const { subject, data } = items.find((item: { data: { first?: string } }) => item.data.first === text);
      assert.equal(subject, `${name}: ${text}`);
      const { whole, inline, first, secret, greeting } = data;
      assert.deepEqual(
        { whole, inline, first, secret, greeting },
        { whole: text, inline: `<${text}>`, first: text, secret: 's3cret', greeting: 'box' },
      );
    }
  });

  it('data and events are too, also where an event runs an action with what it brought', async () => {
    const stubref = await newBox({ secret: 's3cret' });
    for (const [at, words] of HOSTILE.entries()) {
      await host.ask('POST', '/api/heimdall/emit', { path: `tests.told.${at}`, data: { stubref, words } });
      await until('the action of the event', async () => (await stubData(stubref)).noted === words);
      assert.equal((await stubData(stubref)).words, words);
      await host.run(stubref, 'keep', { data: { given: words, [words.replace(/\W/g, '_')]: { [words]: [words] } } });
      const { kept, text } = await stubData(stubref);
      assert.deepEqual([kept.given, text], [words, words]);
    }
  });

  it('a second round takes the template alone: a name that is a placeholder stays one', async () => {
    const stubref = await newBox({
      name: '{{stub.data.secret}}',
      secret: 's3cret',
      template: { data: { greeting: '{{org.name}}' } },
    });
    await host.run(stubref, 'second');
    assert.equal((await stubData(stubref)).letter, 'Dear {{stub.data.secret}}');
  });

  it('a registration of a running stub is filled in once: what it keeps of a text is no template when the event comes', async () => {
    const stubref = await newBox({ secret: 's3cret' });
    const message = '{{heimdall.secret}} ~~heimdall {{org.name}}';
    await host.run(stubref, 'wait_for', { message });
    await host.ask('POST', '/api/heimdall/emit', { path: 'tests.later', data: { secret: 's3cret' } });
    const { noted, words } = await until('the action of the registration', async () => {
      const data = await stubData(stubref);
      return data.noted !== undefined && data;
    });
    assert.deepEqual([noted, words], [message, message]);
  });

  it('keys that JavaScript means something by are refused in requests, and data in webhooks', async () => {
    for (const body of [
      '{"data": {"__proto__": {"polluted": 1}}}',
      '{"data": {"constructor": {"prototype": {"polluted": 1}}}}',
    ]) {
      const response = await fetch(`${host.url}/api/stubs/${await newBox()}/actions/keep`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(response.status, 400);
    }
    const number = '27825554000';
    const message = JSON.parse(
      `{"from": "${number}", "id": "wamid.proto", "timestamp": "${Math.floor(Date.now() / 1000)}", "type": "text", "text": {"body": "hi"}, "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}`,
    );
    const contacts = [{ profile: { name: '__proto__' }, wa_id: number }];
    assert.equal(await host.webhook({ contacts, messages: [message] }), 200);
    const { data } = await until('the stub of the message', async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=box&limit=200');
      return items.find(
        (item: { data: { name?: string; whole?: string } }) => item.data.name === '__proto__' && item.data.whole,
      );
    });
    assert.deepEqual([data.whole, data.inline, data.polluted], ['hi', '<hi>', undefined]);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('values of another kind than was meant fail their own step, with a code', async () => {
    const stubref = await newBox();
    const odd = { toString: 'x', valueOf: 1, constructor: 'y' };
    const run = await host.run(stubref, 'keep', { data: { given: odd } });
    assert.equal(run.tasks.keep.success, true);
    assert.equal((await stubData(stubref)).text, JSON.stringify(odd));
    const { notifications } = await host.run(stubref, 'list', { data: { number: odd, items: ['a'] } });
    const [{ history }] = notifications.menu.deliveries;
    assert.equal(history.at(-1).error.code, 'no_contact_point');
    const refused = await host.run(stubref, 'list', { data: { number: '0825554001', items: [{ a: 1 }] } });
    assert.equal(refused.notifications.menu.error.code, 'substitution_failed');
  });

  it('lists inside lists end, and the steps after them run', async () => {
    const stubref = await newBox({ l: Array.from({ length: 3_000 }, () => 'x') });
    const [{ tasks }] = await Promise.all([host.run(stubref, 'loops'), answersOthers()]);
    assert.equal(tasks.nest.error.code, 'substitution_failed');
    assert.match(tasks.nest.error.message, /more than 10000 turns/);
    assert.equal(tasks.after.success, true);
  });

  it('huge texts are data, or a code', async () => {
    const stubref = await newBox();
    const huge = 'x{{'.repeat(100_000);
    const { tasks } = await host.run(stubref, 'keep', { data: { given: huge } });
    assert.equal(tasks.keep.error.code, 'substitution_failed');
    const large = '{{'.repeat(20_000);
    await host.run(stubref, 'keep', { data: { given: large } });
    assert.equal((await stubData(stubref)).text, large);
  });

  it('a pattern or a condition that a text makes run for ever ends with a code, and others are answered meanwhile', async () => {
    const word = `${'a'.repeat(40)}!`;
    const [pattern, condition] = await Promise.all([
      host.ask('POST', `/api/stubs/${await newBox()}/actions/pattern?wait=30000`, { data: { word } }, 422),
      host.ask('POST', `/api/stubs/${await newBox()}/actions/slow_condition?wait=30000`, { message: word }, 422),
      answersOthers(),
      answersOthers(),
    ]);
    assert.equal(pattern.error.code, 'field_invalid');
    assert.match(pattern.error.message, /ran longer than 100 ms/);
    assert.equal(condition.error.code, 'condition_failed');
  });

  it('an event that cannot be filled in is kept for the operator', async () => {
    const data = { l: Array.from({ length: 3_000 }, () => 'x') };
    const kept = (path: string) =>
      until(`${path} in the inbox`, async () => {
        const { items } = await host.ask('GET', '/api/unrouted');
        return items.find((item: { path: string }) => item.path === path);
      });
    for (const [name, path, mechanism] of [
      ['bursting', 'tests.bursting', 'cbh'],
      ['bursting_run', 'tests.bursting.run', 'evt'],
    ]) {
      await host.ask('POST', '/api/heimdall/emit', { path, mechanism, data });
      const { reason } = await kept(path!);
      assert.match(reason, new RegExp(`"${name}" of "box" could not be filled in: .*more than 10000 turns`));
    }
  });

  it('a place of a WhatsApp template that refers to nothing moves no other value into it', async () => {
    const stubref = await host.newStub('box', '+27825554002', 'Thandi', { data: { name: 'Thandi' } });
    const { notifications } = await host.run(stubref, 'approved');
    const [{ status, history }] = notifications.update.deliveries;
    assert.deepEqual([status, history.at(-1).error.code], ['failed', 'whatsapp_template_params']);
    assert.match(
      history.at(-1).error.message,
      /^params\.template\.whatsapp_template_params_array\[0\] is ~~stub\.data\.missing, and nothing is there/,
    );
  });
});
