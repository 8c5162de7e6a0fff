import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { isScalar, parseAllDocuments, parseDocument, Scalar, stringify, visit } from 'yaml';
import { templateFiles } from '../../core/template/template-files.js';
import { EXAMPLES } from '../plugins/message-examples.js';
import { type SchemaWorld, schemaWorld } from '../support/schema-world.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const KEPT = join(ROOT, 'config/stub-template.schema.json');
const SAMPLES = templateFiles([join(ROOT, 'config/templates')]).files.map((file) => relative(ROOT, file));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const LEAST = 'initial_state: open\nstates: { open: {} }\n';
const action = (body: string): string => `${LEAST}actions:\n  tell:\n    ${body}\n`;
const task = (body: string): string => action(`tasks: { t: ${body} }`);
const field = (body: string): string => action(`fields: { f: ${body} }`);
const notification = (sendTo: string, platforms: string): string =>
  action(`notifications: { n: { send_to: ${sendTo}, platforms: ${platforms} } }`);
const SOMEBODY = '{ a: { type: contact_list, value: _created_by } }';
const message = (body: string): string => notification(SOMEBODY, `{ meta_whatsapp: ${body} }`);
const text = (body: string, more = ''): string =>
  message(`{ message_type: text, params: { text: { body: ${body} } }${more} }`);

/** Taken by the loader, so by the schema too. */
const GOOD: readonly (readonly [string, string])[] = [
  ['the least', LEAST],
  ['a name that is a number', `template: 4711\n${LEAST}`],
  ['keys that are numbers', `${LEAST}actions: { 1: {}, true: {} }\n`],
  ['a number as the platform exports it', `details: { busy_start_state: open }\nstates: { open: { __order: 2 } }\n`],
  [
    'keys of the platform’s editor',
    `editor_version: 3\naction_meta: []\nannotations: { a: 1 }\nstructure: {}\n${LEAST}`,
  ],
  [
    'hooks of a state, empty as the platform exports them',
    'initial_state: open\nstates: { open: { state_hooks: [] } }\n',
  ],
  ['one text as conditions', action('conditions: stub.data.a = 1')],
  ['a list of conditions', action('conditions: ["stub.data.a = 1", "true"]')],
  ['conditions that are empty, as the platform exports them', action('conditions: []')],
  ['a condition that looks like a boolean', action('conditions: true')],
  ['branches', action('to_state: { a: { __key: b, state: open, conditions: "true", meta: { default: true } } }')],
  [
    'a mobile number without quotes',
    notification('{ a: { type: mobile, value: 0825550101 } }', '{ log: { body: x } }'),
  ],
  [
    'a mobile number with its plus',
    notification('{ a: { type: mobile, value: +27825550101 } }', '{ log: { body: x } }'),
  ],
  [
    'a placeholder as a number',
    notification('{ a: { type: mobile, value: "{{stub.data.m}}" } }', '{ log: { body: x } }'),
  ],
  ['a text that is a number', text('4711')],
  ['a text that is a boolean', text('true')],
  ['a text that is filled in', text('~~stubpost.message')],
  ['a text whose placeholder is longer than the text may be', text(`"{{stub.data.${'x'.repeat(80)}}}"`)],
  ['a whole message type filled in', message('{ message_type: "{{stub.data.t}}", params: { text: { body: x } } }')],
  ['the object of a message type filled in', message('{ message_type: text, params: { text: ~~stub.data.text } }')],
  ['a boolean filled in', message('{ message_type: text, params: { text: { body: x, preview_url: ~~stub.data.p } } }')],
  ['a number filled in', text('x', ', stubsession: { set_new_with_timeout_hours: ~~stub.data.h }')],
  ['a key that is set to nothing', text('x', ', stubsession: { set_new_with_timeout_hours: null }')],
  [
    'every optional key set to null',
    `${LEAST}data: null
heimdall: null
details: null
actions:
  tell:
    details: { title: null, description: null }
    conditions: null
    to_state: null
    metrics: null
    fields: { f: { fieldtype: text, title: null, validations: null, initvalue: null, params: null } }
    tasks: { t: { tasktype: savedata, conditions: null, stop_on_failure: null, params: { data: { a: null } } } }
`,
  ],
  ['false where the platform documents it', text('x', ', stubsession: { set_nextreply_with_timeout_minutes: false }')],
  ['settings set to null', text('x', ', stubsession: null, whatsapp_profile_name: null, enable_lids: null')],
  ['a profile filled in', text('x', ', whatsapp_profile_name: "{{stub.data.p}}"')],
  [
    'four buttons, of which one may be left out',
    message(
      '{ message_type: buttons, params: { buttons: { body: x, buttons: [{ id: 1, title: 1 }, { id: 2, title: 2 }, ~~stub.data.b, { id: 3, title: 3 }] } } }',
    ),
  ],
  ['one file as an object', message('{ message_type: media, params: { media: { files: { fileuuid: a } } } }')],
  ['one file as text', message('{ message_type: media, params: { media: { files: ~~stubpost.message } } }')],
  [
    'a header that is text',
    message('{ message_type: buttons, params: { buttons: { header: 5, body: x, buttons: [{ id: 1, title: a }] } } }'),
  ],
  [
    'a component in capitals',
    message(
      '{ message_type: template, params: { template: { whatsapp_template_name: a, whatsapp_template_params_array: [{ type: BODY }] } } }',
    ),
  ],
  [
    'a version without quotes',
    message(
      '{ message_type: flow, params: { flow: { body: x, flow_id: 12345678901234567890, flow_cta: Go, flow_message_version: 3 } } }',
    ),
  ],
  [
    'a latitude as text',
    message('{ message_type: location, params: { location: { latitude: "-33.9", longitude: 18.4 } } }'),
  ],
  ['data that is filled in', task('{ tasktype: savedata, params: { data: ~~stubpost.data } }')],
  ['a list that is filled in', task('{ tasktype: set_list, params: { list_name: a, contacts: ~~stub.data.people } }')],
  ['an amount that is text', task('{ tasktype: set_timer, params: { action_name: tell, after_minutes: "30" } }')],
  [
    'an amount that is filled in',
    task('{ tasktype: set_timer, params: { action_name: tell, after_minutes: "{{stub.data.m}}" } }'),
  ],
  ['a task without params that needs none', task('{ tasktype: create_lid }')],
  ['a field without a type', field('{ params: { max_length: 5 } }')],
  [
    'options of a field, in each form',
    field('{ fieldtype: select, params: { options: [red, 1, true, { label: Blue, value: 2 }] } }'),
  ],
  ['options that are filled in', field('{ fieldtype: select, params: { options: ~~template.data.colours } }')],
  ['a validation', field('{ validations: { a: { validationtype: regex, params: { regex: "^a$", flags: i } } } }')],
  ['an event', `${LEAST}heimdall: { a: { path: a.#, mechanism: evt, create_stub: {} } }\n`],
  [
    'merge keys',
    'initial_state: open\nstates:\n  open: &usual { actions: [_close] }\n  shut: { <<: *usual, structure: { meta: { is_done: true } } }\n',
  ],
  ['several documents', `template: a\n${LEAST}---\ntemplate: b\n${LEAST}`],
];

/** What a schema can know to be wrong, and where it is. */
const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ['a misspelt key', `${LEAST}acions: {}\n`, /^ must NOT have additional/],
  ['no first state', 'states: { open: {} }\n', /required property 'initial_state'/],
  ['no state at all', 'initial_state: open\nstates: {}\n', /^\/states must NOT have fewer/],
  ['hooks of a state', 'initial_state: open\nstates: { open: { state_hooks: { a: 1 } } }\n', /state_hooks/],
  ['a text for a list', 'initial_state: open\nstates: { open: { actions: tell } }\n', /\/actions must be array/],
  ['a list for a text', text('[a]'), /\/body must be string,number/],
  ['an unknown task type', task('{ tasktype: savdata, params: {} }'), /\/tasktype must be equal/],
  ['a task without its params', task('{ tasktype: savedata }'), /required property 'params'/],
  [
    'params of another task type',
    task('{ tasktype: savedata, params: { data: {}, action_name: a } }'),
    /\/params must NOT/,
  ],
  [
    'a word for a number',
    task('{ tasktype: set_timer, params: { action_name: a, after_hours: soon } }'),
    /after_hours/,
  ],
  ['an unknown channel', notification(SOMEBODY, '{ sms: {} }'), /\/platforms must NOT have additional/],
  [
    'the channel that was phased out',
    notification(SOMEBODY, '{ whatsapp: {} }'),
    /\/platforms must NOT have additional/,
  ],
  ['nobody to send to', notification('{}', '{ log: { body: x } }'), /\/send_to must NOT have fewer/],
  ['an unknown message type', message('{ message_type: txt, params: {} }'), /\/message_type must be equal/],
  ['params of another message type', message('{ message_type: text, params: { media: {} } }'), /\/params must/],
  ['an empty text', text('""'), /\/body must match pattern/],
  ['a text that is too long', text('x'.repeat(4097)), /\/body must match pattern/],
  [
    'a word for a boolean',
    message('{ message_type: text, params: { text: { body: x, preview_url: maybe } } }'),
    /preview_url/,
  ],
  ['hours over the limit', text('x', ', stubsession: { set_new_with_timeout_hours: 8761 }'), /must be <= 8760/],
  ['an unknown profile', text('x', ', whatsapp_profile_name: mian'), /whatsapp_profile_name/],
  [
    'a key of another header',
    message(
      '{ message_type: buttons, params: { buttons: { header: { type: image, video: a }, body: x, buttons: [{ id: 1, title: a }] } } }',
    ),
    /\/header/,
  ],
  ['params of another field type', field('{ fieldtype: number, params: { max_length: 5 } }'), /\/params must NOT/],
  ['a choice without options', field('{ fieldtype: select }'), /required property 'params'/],
  [
    'a regular expression that is missing',
    field('{ validations: { a: { validationtype: regex } } }'),
    /required property 'params'/,
  ],
  ['a registration that does nothing', `${LEAST}heimdall: { a: { path: a, mechanism: evt } }\n`, /create_stub/],
  ['a mechanism that is none', `${LEAST}heimdall: { a: { path: a, mechanism: all, create_stub: {} } }\n`, /mechanism/],
];

describe('the schema of stub templates', () => {
  let world: SchemaWorld;
  before(async () => {
    world = await schemaWorld();
  });

  for (const file of [...SAMPLES, 'test/support/yaml/exported.json']) {
    it(`takes ${file}`, () => assert.deepEqual(world.judged(read(file)), []));
  }

  for (const file of SAMPLES) {
    it(`is named by ${file}`, () =>
      assert.match(read(file), /^# yaml-language-server: \$schema=\.\.\/stub-template\.schema\.json\n/));
  }

  it('is kept beside the samples as it is made: UPDATE_GOLDEN=1, or stubwire schema --out config/stub-template.schema.json', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(KEPT, world.text);
    assert.ok(readFileSync(KEPT, 'utf8') === world.text, 'config/stub-template.schema.json is another: write it anew');
  });

  describe('takes, as the loader does', () => {
    for (const [what, yaml] of GOOD) {
      it(what, () => {
        assert.deepEqual(world.loaded(yaml), []);
        assert.deepEqual(world.judged(yaml), []);
      });
    }

    it('every example of a message type', () => {
      for (const { type, what, params } of EXAMPLES) {
        const yaml = message(JSON.stringify({ message_type: type, params: { [type]: params } }));
        assert.deepEqual([world.loaded(yaml), world.judged(yaml)], [[], []], `${type}: ${what}`);
      }
    });

    it('whatever stands in a sample in place of what stood there', () => {
      const documents = SAMPLES.flatMap((file) => parseAllDocuments(read(file)).map(String));
      // Not null: the loader reads `fieldtype: null` as left out, and the schema as a mistake.
      const instead = fc.constantFrom('~~stub.data.x', '{{stub.data.x}}', 'x', '', 5, 0, true, '0825550101', [], {});
      let taken = 0;
      const property = fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        instead,
        fc.boolean(),
        (sample, nth, value, quoted) => {
          const document = parseDocument(sample);
          const places: [(value: unknown) => void][] = [];
          visit(document, {
            Pair: (_, pair) => {
              if (isScalar(pair.value)) places.push([(put) => (pair.value = put)]);
            },
          });
          const [put] = places[nth % places.length]!;
          const scalar = new Scalar(value);
          if (quoted && typeof value === 'string') scalar.type = 'QUOTE_DOUBLE';
          put(typeof value === 'object' ? value : scalar);
          const yaml = stringify(document);
          if (world.loaded(yaml).length > 0) return;
          taken += 1;
          assert.deepEqual(world.judged(yaml), [], yaml);
        },
      );
      fc.assert(property, { numRuns: 60 });
      assert.ok(taken > 5, `only ${taken} were good templates`);
    });
  });

  describe('refuses, as the loader does', () => {
    for (const [what, yaml, expected] of BROKEN) {
      it(what, () => {
        assert.notDeepEqual(world.loaded(yaml), []);
        assert.match(world.judged(yaml).join('\n'), new RegExp(expected, 'm'));
      });
    }
  });

  it('has a sentence for every key', () => assert.deepEqual(world.silentKeys(), []));
});
