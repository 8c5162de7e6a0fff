import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { storyOutput } from '../support/story-output.js';

const FOLDER = 'test/core/story-golden';
/** UPDATE_GOLDEN=1 writes what is said now; read it before it is taken. */
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';

function held(name: string, text: string): void {
  const file = `${FOLDER}/${name}`;
  if (isUpdate) writeFileSync(file, `${text}\n`);
  else assert.equal(`${text}\n`, readFileSync(file, 'utf8'));
}

describe('what stubwire test says', () => {
  it('of stories that do not hold: the step, what was expected and seen, and why', async () => {
    const { text, exitCode } = await storyOutput([`${FOLDER}/visit.test.yaml`]);
    held('story-failures.txt', text);
    assert.equal(exitCode, 1);
  });

  it('of files that are no stories: every mistake with its place, and nothing is played', async () => {
    const { text, exitCode } = await storyOutput([`${FOLDER}/broken.test.yaml`]);
    held('story-mistakes.txt', text);
    assert.equal(exitCode, 2);
  });
});
