import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StubTemplate } from '../../core/contract/stub-template.js';
import { ProblemsError } from '../../core/errors.js';
import { loadTemplates } from '../../core/template/template-loader.js';
import { vocabulary } from '../support/template-vocabulary.js';

const EXPORTED = fileURLToPath(new URL('../../../test/support/yaml/exported.json', import.meta.url));
const LEAST = 'initial_state: open\nstates: { open: {} }\n';

describe('loading stub templates', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stubwire-templates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const load = (text: string): StubTemplate => {
    const [template] = loadTemplates(write('one.yaml', text), vocabulary).values();
    return template!;
  };
  const problemsOf = (what: string | readonly string[]): string[] => {
    try {
      loadTemplates(what, vocabulary);
    } catch (error) {
      assert.ok(error instanceof ProblemsError, String(error));
      return error.problems.map(({ code, message }) => `${code} ${message}`);
    }
    return [];
  };

  it('reads every YAML and JSON file of a folder, and no other', () => {
    write('b.yml', LEAST);
    write('a.yaml', LEAST);
    write('c.json', '{"initial_state": "open", "states": {"open": {}}}');
    write('notes.md', 'not a template');
    write('a.test.yaml', 'story: A story');
    write('stub-template.schema.json', '{}');
    mkdirSync(join(folder, 'd.yaml.d'));
    assert.deepEqual([...loadTemplates(folder, vocabulary).keys()], ['a', 'b', 'c']);
  });

  it('reads files and folders that are named', () => {
    const file = write('a.yaml', LEAST);
    assert.deepEqual([...loadTemplates([file, EXPORTED], vocabulary).keys()], ['a', 'exported']);
  });

  it('reads several documents of one file', () => {
    const file = write('many.yaml', `template: one\n${LEAST}---\ntemplate: two\n${LEAST}---\n`);
    assert.deepEqual([...loadTemplates(file, vocabulary).keys()], ['one', 'two']);
  });

  it('refuses two templates of one name, and says where the other stands', () => {
    write('a.yaml', `template: same\n${LEAST}`);
    write('b.yaml', `template: same\n${LEAST}`);
    assert.match(problemsOf(folder).join(), /template_duplicate There is already a template "same" in .*a\.yaml/);
  });

  it('reports the problems of all files together, in their order', () => {
    write('a.yaml', 'initial_state: opne\nstates: { open: {} }\n');
    write('b.yaml', 'initial_state: {{x}}\nstates: { open: {} }\n');
    write('c.yaml', `${LEAST}x: 1\n`);
    const codes = problemsOf(folder).map((line) => line.split(' ')[0]);
    assert.deepEqual(codes, ['state_unknown', 'yaml_invalid', 'state_unknown', 'key_unknown']);
  });

  it('says what is missing: a file, a folder, a template in a file', () => {
    assert.match(problemsOf(join(folder, 'none'))[0]!, /^file_unreadable Cannot read .*none/);
    assert.match(problemsOf(write('empty.yaml', '# soon\n'))[0]!, /^value_invalid .* has no template in it/);
  });

  it('gives lists in the order of the file, even of keys that are numbers', () => {
    const template = load(
      `${LEAST}actions:\n  a:\n    tasks:\n      2: { tasktype: savedata, params: { data: {} } }\n      1: { tasktype: savedata, params: { data: {} } }\n`,
    );
    assert.deepEqual(
      template.actions.get('a')!.tasks.map(({ key }) => key),
      ['2', '1'],
    );
  });

  it('honours __order and __key of the platform’s export, and says in one line what it ignores', () => {
    const lines: string[] = [];
    const template = loadTemplates(EXPORTED, vocabulary, (line) => lines.push(line)).get('exported')!;
    assert.deepEqual([...template.states.keys()], ['busy', 'done']);
    assert.equal(template.states.get('done')!.isDone, true);
    assert.equal(template.initialState, 'busy');
    const write = template.actions.get('write')!;
    assert.deepEqual(
      write.tasks.map(({ key }) => key),
      ['20', '10'],
    );
    assert.deepEqual(
      write.tasks.map(({ params }) => params),
      [{ data: { id: '12345678901234567890' } }, { data: { count: 3 } }],
    );
    assert.deepEqual(
      write.toState.map(({ key, isDefault }) => [key, isDefault]),
      [
        ['ready', false],
        ['again', true],
      ],
    );
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /exported\.json: editor_version, annotations, action_meta: keys of the platform's editor/);
  });

  it('gives one spelling of what can be written in several', () => {
    const template = load(`
template: all
initial_state: open
data: { depot: Cape Town }
states: { open: { actions: [tell, _update] }, done: { structure: { meta: { is_done: true } } } }
actions:
  tell:
    details: { description: Tell them }
    conditions: stub.data.x
    fields:
      eta: { fieldtype: text, title: When, validations: { needed: { validationtype: required } } }
      count: { fieldtype: number, details: { keyname: how_many }, conditions: [a, b] }
    tasks:
      keep: { tasktype: savedata, params: { data: { eta: ~~stubpost.data.eta } }, stop_on_failure: true }
    notifications:
      n:
        send_to: { driver: { type: mobile, value: +27825550101 } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: 0825550101 } } } }
    metrics: { told: { counter: times } }
    to_state: done
`);
    const { file: _, ...rest } = template;
    assert.deepEqual(rest, {
      name: 'all',
      initialState: 'open',
      data: { depot: 'Cape Town' },
      states: new Map([
        ['open', { name: 'open', actions: ['tell', '_update'], isDone: false }],
        ['done', { name: 'done', actions: [], isDone: true }],
      ]),
      actions: new Map([
        [
          'tell',
          {
            name: 'tell',
            description: 'Tell them',
            conditions: ['stub.data.x'],
            fields: [
              {
                name: 'eta',
                keyname: 'eta',
                landsAt: ['eta'],
                fieldtype: 'text',
                title: 'When',
                description: '',
                hideLabel: false,
                required: true,
                conditions: [],
                validations: [{ key: 'needed', validationtype: 'required' }],
                initvalue: {},
                params: {},
              },
              {
                name: 'count',
                keyname: 'how_many',
                landsAt: ['how_many'],
                fieldtype: 'number',
                title: 'count',
                description: '',
                hideLabel: false,
                required: false,
                conditions: ['a', 'b'],
                validations: [],
                initvalue: {},
                params: {},
              },
            ],
            tasks: [
              {
                key: 'keep',
                tasktype: 'savedata',
                params: { data: { eta: '~~stubpost.data.eta' } },
                conditions: [],
                stopOnFailure: true,
              },
            ],
            notifications: [
              {
                key: 'n',
                conditions: [],
                sendTo: { driver: { type: 'mobile', value: '+27825550101' } },
                platforms: { meta_whatsapp: { message_type: 'text', params: { text: { body: '0825550101' } } } },
              },
            ],
            metrics: [{ key: 'told', counter: 'times', increment: 1 }],
            toState: [{ key: 'done', state: 'done', conditions: [], isDefault: true }],
          },
        ],
      ]),
      registrations: [],
    });
  });

  it('gives templates that cannot be changed', () => {
    const template = load(
      `${LEAST}data: { a: { b: 1 } }\nactions: { a: { tasks: { t: { tasktype: savedata, params: { data: {} } } } } }\n`,
    );
    const action = template.actions.get('a')!;
    for (const part of [template, template.data, template.data['a'], action, action.tasks, action.tasks[0]!.params])
      assert.ok(Object.isFrozen(part));
  });

  it('reads registrations of both kinds', () => {
    const template = load(`${LEAST}heimdall:
  new:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub: { subject: "WhatsApp from {{heimdall.from_name}}", stubsession_hours: 24, run: _update_from_whatsapp }
  report:
    path: a.*
    mechanism: evt
    trigger_stubaction: { stubref: "{{heimdall.target}}", action_name: report, message: "asked by {{heimdall.from}}" }
`);
    assert.deepEqual(template.registrations, [
      {
        name: 'new',
        path: 'stubber.systems.notifications.whatsapp.incoming.main.from.#',
        mechanism: 'cbh',
        createStub: {
          subject: 'WhatsApp from {{heimdall.from_name}}',
          data: {},
          stubsessionHours: 24,
          run: '_update_from_whatsapp',
        },
      },
      {
        name: 'report',
        path: 'a.*',
        mechanism: 'evt',
        triggerStubaction: {
          stubref: '{{heimdall.target}}',
          action_name: 'report',
          message: 'asked by {{heimdall.from}}',
          data: {},
        },
      },
    ]);
  });

  it('merges keys that are shared with <<', () => {
    const template = load(`${LEAST}actions:
  a:
    notifications:
      n: &n
        send_to: { c: { type: contact_list, value: _created_by } }
        platforms: { log: { body: hello } }
  b:
    notifications:
      n: { <<: *n, conditions: stub.data.x }
`);
    const [first, second] = ['a', 'b'].map((name) => template.actions.get(name)!.notifications[0]!);
    assert.deepEqual(second!.sendTo, first!.sendTo);
    assert.deepEqual(second!.conditions, ['stub.data.x']);
  });
});
