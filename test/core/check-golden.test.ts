import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTemplates } from '../../core/check/check-templates.js';
import { checkText } from '../../core/check/findings-text.js';
import { ruleWorld } from '../support/rule-world.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = 'test/core/check-golden';
const EXPECTED = join(ROOT, FOLDER, 'expected.txt');

/** The expected output by file, as `expected.txt` has it one after the other. */
function sections(text: string): Map<string, string> {
  return new Map(
    text
      .split(/^==== /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n') + 1).trim()]),
  );
}

/** Says something only where Redis has stubs: test/plugins/check-stored.test.ts. */
const OF_STORED = ['stranded-stubs'];

/** What may be said of a template that is right: data that comes from outside, and that no catalogue is at hand. */
const MAY_INFORM = ['unknown-data', 'whatsapp-template-fit'];

/** UPDATE_GOLDEN=1 writes what is said now; read it before it is taken. */
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';

describe('what check says of broken templates', () => {
  const files = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.yaml'));
  const said = new Map<string, string>();
  const expected = isUpdate ? new Map<string, string>() : sections(readFileSync(EXPECTED, 'utf8'));

  for (const name of files) {
    it(name.replace('.yaml', '').replaceAll('-', ' '), async () => {
      const { findings } = await checkTemplates([join(FOLDER, name)], await ruleWorld());
      const text = checkText(findings, { right: 'All is right.', files: 1 });
      said.set(name, text);
      if (!isUpdate) assert.equal(text, expected.get(name));
      assert.ok(findings.length > 0, 'nothing was found');
    });
  }

  it('there is one for each rule', async () => {
    const { rules } = await ruleWorld();
    const all = [...(isUpdate ? said : expected).values()].join('\n');
    const unseen = rules.map(({ id }) => id).filter((id) => !new RegExp(` (warning|info) ${id} `).test(all));
    assert.deepEqual(unseen, OF_STORED);
  });

  it('nothing of good templates: they get information at most', async () => {
    const folder = 'test/core/check-good';
    const good = readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
    const { findings } = await checkTemplates(good, await ruleWorld());
    const noise = findings.filter(({ level, rule }) => level !== 'info' || !MAY_INFORM.includes(rule));
    assert.deepEqual(noise, []);
  });

  after(() => {
    if (isUpdate) writeFileSync(EXPECTED, [...said].map(([name, text]) => `==== ${name}\n${text}\n`).join('\n'));
  });
});
