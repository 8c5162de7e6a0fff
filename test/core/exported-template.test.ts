import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTemplates } from '../../core/check/check-templates.js';
import { loadTemplates } from '../../core/template/template-loader.js';
import { ruleWorld } from '../support/rule-world.js';

const EXPORTED = fileURLToPath(new URL('../../../test/support/yaml/exported-appointment.json', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: tests change an exported document at any place
type Exported = any;

describe('a template that the platform has exported', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-exported-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  /** `level rule message` of each finding, once something of it is changed. */
  async function found(change: (exported: Exported) => void = () => undefined): Promise<string[]> {
    const exported: Exported = JSON.parse(readFileSync(EXPORTED, 'utf8'));
    change(exported);
    const file = join(dir, 'appointment.json');
    writeFileSync(file, JSON.stringify(exported, undefined, 2));
    const { findings } = await checkTemplates([file], await ruleWorld());
    return findings.map(({ level, rule, message }) => `${level} ${rule} ${message}`);
  }

  it('loads as it is: names by __key, order by __order, digits kept', async () => {
    const lines: string[] = [];
    const { vocabulary } = await ruleWorld();
    const template = loadTemplates(EXPORTED, vocabulary, (line) => lines.push(line)).get('appointment')!;
    assert.equal(template.initialState, 'requested');
    assert.deepEqual([...template.states.keys()], ['requested', 'proposed', 'done']);
    assert.deepEqual([...template.actions.keys()], ['answered', 'propose', 'annotations']);
    const { fields, tasks, notifications, conditions, metrics } = template.actions.get('propose')!;
    assert.deepEqual(
      fields.map(({ keyname, required }) => [keyname, required]),
      [
        ['time', true],
        ['note', false],
      ],
    );
    assert.deepEqual(
      tasks.map(({ key, params }) => [key, params['data']]),
      [
        ['keep', { time: '~~stubpost.data.time', case_id: '12345678901234567890' }],
        ['count', { asked: true, __own: 1 }],
      ],
    );
    assert.deepEqual(notifications[0]!.sendTo, { client: { type: 'contact_list', value: '_created_by' } });
    assert.deepEqual([conditions, metrics], [[], [{ key: 'm1', counter: 'proposals', increment: 1 }]]);
    assert.deepEqual(
      template.actions.get('answered')!.toState.map(({ key, state, isDefault }) => [key, state, isDefault]),
      [
        ['yes', 'done', false],
        ['otherwise', 'requested', true],
      ],
    );
    assert.deepEqual(template.data, { clinic: 'Harbour Clinic', annotations: "kept: this is the author's own" });
    assert.equal(lines.length, 1);
  });

  it('has keys of the editor, which one line of information names', async () => {
    assert.deepEqual(await found(), [
      "info editor-keys editor_version, editor_viewport, annotations, __position, action_meta: keys of the platform's editor, ignored here.",
    ]);
  });

  it('may have keys of the editor that nobody here knows', async () => {
    const findings = await found(({ states, actions }) => {
      states.a1f0.__uuid = '1';
      actions.propose.tasks.t1.editor_note = 'x';
    });
    assert.equal(findings.length, 1);
    assert.match(findings[0]!, /^info editor-keys .*__uuid.*editor_note/);
  });

  it('may repeat the names of states, actions, tasks and notifications, and nowhere else', async () => {
    const named = await found(({ states, actions }) => {
      states.a1f0.name = 'requested';
      for (const item of [actions.propose, actions.propose.tasks.t1, actions.propose.notifications.n1]) item.name = 'x';
    });
    assert.equal(named.length, 1);
    assert.match(named[0]!, /^info editor-keys .*, name.*: keys of the platform's editor, ignored here\.$/);
    const misplaced = await found(({ actions }) => {
      actions.propose.details.name = 'x';
    });
    assert.match(misplaced.join('\n'), /error key_unknown "name" is not a key in actions\.propose\.details\./);
  });

  it('is refused for any other key, as it may be one that works', async () => {
    const findings = await found(({ actions }) => {
      actions.propose.tasks.t1.retry_times = 3;
    });
    assert.match(findings[1]!, /^error key_unknown "retry_times" is not a key in actions\.propose\.tasks\.keep\./);
    assert.equal(findings.length, 2);
  });

  it('is refused for hooks of a state, by the name of the state', async () => {
    const findings = await found(({ states }) => {
      states.b2e1.state_hooks = { on_enter: { action: 'answered' } };
    });
    assert.match(
      findings.join('\n'),
      /error value_invalid states\.proposed\.state_hooks: hooks of a state are not run/,
    );
  });
});
