import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { NO_TEMPLATES } from '../../core/command/check-command.js';
import { ruleWorld } from '../support/rule-world.js';

const PAGE = new URL('../../../core/check/README.md', import.meta.url);

describe('the rules of stubwire check', () => {
  it('stand in the table of core/check/README.md, and no other', async () => {
    const { rules } = await ruleWorld();
    const rows = [...readFileSync(PAGE, 'utf8').matchAll(/^\| `([a-z-]+)` \| (warning|info) \| (.+) \|$/gm)];
    const expected = [...rules, NO_TEMPLATES].map(({ id, level, means }) => [id, level, means]);
    assert.deepEqual(
      rows.map(([, id, level, means]) => [id, level, means]),
      expected.sort(([a], [b]) => (a! < b! ? -1 : 1)),
    );
  });

  it('each have an id in kebab-case, and help that says what to do', async () => {
    const { rules } = await ruleWorld();
    for (const { id, help, means } of rules) {
      assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
      assert.ok(help.length > means.length, id);
    }
  });
});
