import assert from 'node:assert/strict';
import { readYaml } from '../../core/config/load-yaml.js';
import { checkTemplate } from '../../core/template/checked-template.js';
import { vocabulary } from '../support/template-vocabulary.js';

/** `line:column code message` of each problem of a template. */
function wrong(text: string): string[] {
  const { documents, problems } = readYaml('test.yaml', text);
  const checked = checkTemplate(documents[0]!, vocabulary);
  return [...problems, ...('problems' in checked ? checked.problems : [])].map(
    ({ code, message, options: { place } }) => `${place?.line}:${place?.column} ${code} ${message}`,
  );
}

const head = 'initial_state: open\nstates: { open: {} }\n';
/** A template with one action of this body. Its first line is line 5, its first column 5. */
const action = (body: string): string => `${head}actions:\n  tell:\n${body.replace(/^/gm, '    ')}\n`;
/** …with one notification on one channel. The settings begin on line 9. */
const settings = (channel: string, body: string): string =>
  action(
    `notifications:\n  n:\n    send_to: { a: { type: contact_list, value: _created_by } }\n    platforms:\n      ${channel}: ${body}`,
  );
const text = (body: string): string =>
  settings('meta_whatsapp', `{ message_type: text, params: { text: { body: ${body} } } }`);

const one = (written: string, expected: string | RegExp): void => {
  const problems = wrong(written);
  assert.equal(problems.length, 1, problems.join('\n'));
  if (typeof expected === 'string') assert.equal(problems[0], expected);
  else assert.match(problems[0]!, expected);
};
const right = (written: string): void => assert.deepEqual(wrong(written), []);

describe('checking a stub template: names', () => {
  it('a state that lists an unknown action', () =>
    one(
      'initial_state: open\nstates:\n  open: { actions: [clsoe] }\nactions: { close: {} }\n',
      /^3:21 action_unknown There is no action "clsoe"\. Did you mean "close"\? There are: close, _create/,
    ));

  it('each name that there is once, also where the template extends a base action', () =>
    one(
      'initial_state: open\nstates:\n  open: { actions: [clsoe] }\nactions: { _update_from_whatsapp: {}, _create: {} }\n',
      '3:21 action_unknown There is no action "clsoe". Correct the name, or add it under actions:. There are: _update_from_whatsapp, _create, _update, _close, _reopen, _attach.',
    ));

  it('a state may list base and feedback actions', () =>
    right('initial_state: open\nstates:\n  open: { actions: [_update, _attach, _update_from_whatsapp] }\n'));

  it('a template may extend base and feedback actions', () =>
    right(
      `${head}actions: { _create: {}, _update: {}, _close: {}, _reopen: {}, _attach: {}, _update_from_whatsapp: {} }\n`,
    ));

  it('a base action that is misspelt', () =>
    one(
      `${head}actions:\n  _update_from_watsapp: {}\n`,
      /^4:3 action_unknown .* Did you mean "_update_from_whatsapp"\?/,
    ));

  it('an initial state that is none', () =>
    one(
      'initial_state: opne\nstates: { open: {} }\n',
      '1:16 state_unknown There is no state "opne". Did you mean "open"? There are: open.',
    ));

  it('a to_state that is none, as a name and in a branch', () => {
    one(action('to_state: gone'), /^5:15 state_unknown There is no state "gone"/);
    one(action('to_state: { a: { state: gone, meta: { default: true } } }'), /^5:29 state_unknown/);
  });

  it('an unknown channel, with those there are', () =>
    one(
      settings('telegram', '{}'),
      '9:11 channel_unknown There is no channel "telegram". There are: meta_whatsapp, log.',
    ));

  it('the phased-out name of the WhatsApp channel', () =>
    one(settings('whatsapp', '{}'), /^9:11 channel_unknown .* That form is phased out: write meta_whatsapp/));

  it('an unknown task type, with those there are', () =>
    one(
      action('tasks: { t: { tasktype: savedate } }'),
      /^5:29 tasktype_unknown There is no task type "savedate"\. Did you mean "savedata"\? There are: savedata, sendaction\./,
    ));

  it('an action for a new stub that is none', () =>
    one(
      `${head}heimdall:\n  n: { path: a.b, mechanism: cbh, create_stub: { run: nope } }\n`,
      /^4:55 action_unknown There is no action "nope"/,
    ));
});

describe('checking a stub template: its form', () => {
  it('a registration that ends is made by a task', () =>
    one(
      `${head}heimdall: { n: { path: a, mechanism: rra, timeout_seconds: 60, create_stub: {} } }`,
      /value_invalid .*kept as long as the template is loaded\. One that ends.* is made by a task heimdall_register/,
    ));
  it('an unknown key names the nearest', () =>
    one(
      action('feilds: {}'),
      /^5:5 key_unknown "feilds" is not a key in actions\.tell\. Did you mean "fields"\? What exists: details, conditions, fields, tasks, notifications, metrics, to_state\./,
    ));

  it('needs a state to begin in', () =>
    one('states: { open: {} }\n', /value_invalid initial_state is missing\. Name the state that a new stub is in\./));

  it('a notification needs somebody and a channel', () => {
    one(action('notifications: { n: { send_to: {}, platforms: { log: { body: x } } } }'), /send_to: nobody is named/);
    one(
      action('notifications: { n: { send_to: { a: { type: mobile, value: 1 } }, platforms: {} } }'),
      /platforms: no channel is named/,
    );
  });

  it('a registration makes a stub or runs an action', () =>
    one(`${head}heimdall: { n: { path: a, mechanism: evt } }`, /give it either create_stub or trigger_stubaction/));

  it('global events go to everybody', () =>
    one(
      `${head}heimdall: { n: { path: global.a, mechanism: cbh, create_stub: {} } }`,
      /on paths that begin with global\. write evt/,
    ));

  it('task params are held against their task type', () =>
    one(
      action('tasks: { t: { tasktype: savedata, params: { date: {} , data: {} } } }'),
      /key_unknown "date" is not a key in actions\.tell\.tasks\.t\.params\. Did you mean "data"/,
    ));

  it('says everything of one template at once', () => {
    const written = action(
      'to_state: gone\nfields: { f: { fieldtype: dat } }\nconditions: a == b\ntasks: { t: { tasktype: nope } }\nextra: 1',
    );
    assert.deepEqual(
      wrong(written).map((line) => line.split(' ')[1]),
      ['state_unknown', 'value_invalid', 'condition_invalid', 'tasktype_unknown', 'key_unknown'],
    );
  });
});

describe('checking a stub template: texts and limits of a channel', () => {
  it('a literal text over the limit', () =>
    one(text('x'.repeat(41)), /^9:72 value_invalid .*params\.text\.body has 41 characters; it may have at most 40\./));

  it('a key one level too high', () =>
    one(
      settings('meta_whatsapp', '{ message_type: text, params: { body: hi } }'),
      /key_unknown "body" is not a key .* Did you mean "params\.text\.body"\?/,
    ));

  it('a text with a placeholder is checked after it is filled in', () => {
    right(text(`"{{stub.data.x}}${'x'.repeat(60)}"`));
    right(settings('meta_whatsapp', '{ message_type: "{{stub.data.kind}}", params: ~~stub.data.params }'));
    right(
      settings(
        'meta_whatsapp',
        '{ message_type: text, params: { text: { body: x, preview_url: ~~stub.data.p } }, stubsession: { set_new_with_timeout_hours: "{{stub.data.h}}" } }',
      ),
    );
  });

  const placeholders: readonly (readonly [what: string, text: string, expected: RegExp])[] = [
    [
      'an unknown root',
      '"{{stubb.data.x}}"',
      /^9:72 placeholder_invalid \{\{stubb\.data\.x\}\} begins with "stubb", which does not exist\. Did you mean "stub"\?/,
    ],
    ['an unknown root of a reference', '~~stubs.x', /placeholder_invalid ~~stubs\.x begins with "stubs"/],
    [
      'a reference that goes on',
      '"~~stub.data.x and more"',
      /placeholder_invalid "~~stub\.data\.x and more" is not a valid reference/,
    ],
    [
      'a reference inside a text',
      '"see ~~stub.data.x"',
      /placeholder_invalid ~~ refers only as the whole of a value\. Inside a text write \{\{stub/,
    ],
    [
      'an index in brackets',
      '"{{stub.data.a[0]}}"',
      /placeholder_invalid Inside \{\{ \}\} an index is written with a dot: stub\.data\.a\.\[0\]\./,
    ],
    ['a block without its end', '"{{#if stub.x}}a"', /placeholder_invalid The \{\{ \}\} of this text cannot be read/],
    ['braces without their end', '"{{stub.x"', /placeholder_invalid The \{\{ \}\} of this text cannot be read/],
    [
      'an unknown helper',
      '"{{#eech stub.x}}{{/eech}}"',
      /placeholder_invalid There is no helper \{\{#eech …\}\}\. Did you mean "each"\?/,
    ],
    [
      'a helper in a line',
      '"{{lookup stub x}}"',
      /placeholder_invalid \{\{lookup …\}\} is neither a path nor a known helper/,
    ],
    ['a partial', '"{{> other}}"', /placeholder_invalid .*partials/],
  ];
  for (const [what, body, expected] of placeholders) it(`${what}`, () => one(text(body), expected));

  it('names inside each and with are their own', () =>
    right(text('"{{#each stub.data.l}}{{name}}{{@index}}{{../stub.x}}{{/each}}"')));

  it('send_to and registrations are filled in too', () => {
    one(
      action(
        'notifications: { n: { send_to: { a: { type: mobile, value: "{{nope.x}}" } }, platforms: { log: { body: x } } } }',
      ),
      /placeholder_invalid \{\{nope\.x\}\}/,
    );
    one(
      `${head}heimdall: { n: { path: a, mechanism: evt, create_stub: { subject: "{{heimdal.x}}" } } }`,
      /Did you mean "heimdall"\?/,
    );
  });
});

describe('checking a stub template: conditions', () => {
  const places: readonly (readonly [where: string, text: (condition: string) => string])[] = [
    ['an action', (condition) => action(`conditions: ${condition}`)],
    ['a list', (condition) => action(`conditions: [${condition}]`)],
    ['a field', (condition) => action(`fields: { f: { fieldtype: text, conditions: ${condition} } }`)],
    [
      'a task',
      (condition) => action(`tasks: { t: { tasktype: savedata, params: { data: {} }, conditions: ${condition} } }`),
    ],
    [
      'a notification',
      (condition) => settings('log', '{ body: x }').replace('send_to', `conditions: ${condition}\n        send_to`),
    ],
    ['a branch', (condition) => action(`to_state: { a: { state: open, conditions: ${condition} } }`)],
  ];
  for (const [where, written] of places) {
    it(`of ${where}`, () => {
      right(written('\'stub.data.a = "x"\''));
      one(
        written("'stub.data.a == 1'"),
        /condition_invalid The condition "stub\.data\.a == 1" is not JSONata: JSONata compares with a single =\. Write: stub\.data\.a = 1/,
      );
    });
  }

  const hints: readonly (readonly [condition: string, hint: RegExp])[] = [
    ["'a = 1 && b = 2'", /JSONata says "and"/],
    ["'a = 1 || b = 2'", /JSONata says "or"/],
    ["'!a'", /JSONata says \$not/],
    ["'{{stub.data.x}} = 1'", /a condition is not filled in/],
  ];
  for (const [condition, hint] of hints)
    it(`say how JSONata writes ${condition}`, () => one(action(`conditions: ${condition}`), hint));
});
