import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { schemaText } from '../../core/editor/schema-text.js';
import { storyFiles } from '../../core/story/story-files.js';
import { storySchema } from '../../core/story/story-schema.js';
import { judgeOf } from '../support/schema-world.js';

const KEPT = 'config/story.schema.json';
const schema = storySchema();
const ajv = new Ajv({ strict: false, allErrors: true });
const documents = (file: string): unknown[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());

/** Where the schema finds something wrong. */
function wrong(story: unknown): string[] {
  const check = ajv.compile(schema);
  check(story);
  return [...new Set((check.errors ?? []).map(({ instancePath }) => instancePath))];
}

describe('the JSON Schema of stories', () => {
  it('takes the stories that there are', () => {
    const { files } = storyFiles(['config/templates', 'test/core/story-golden/visit.test.yaml']);
    assert.ok(files.length > 4);
    for (const file of files) for (const story of documents(file)) assert.deepEqual(wrong(story), [], file);
  });

  it('refuses what stubwire test refuses', () => {
    const story = { story: 'x', contacts: { thandi: '+27 82 555 0101' } };
    assert.deepEqual(wrong({ ...story, steps: [{ 'thandi says': 'Hello' }] }), []);
    assert.deepEqual(wrong({ ...story, steps: [{ 'thandi say': 'Hello' }] }), ['/steps/0']);
    assert.deepEqual(wrong({ ...story, steps: [{ expect: { stat: 'open' } }] }), ['/steps/0/expect']);
    assert.deepEqual(wrong({ ...story, step: [], steps: [{ wait: '1h' }] }), ['']);
    assert.deepEqual(wrong({ ...story, steps: [{ 'thandi sends': { image: 'a.jpg', tune: 'b' } }] }), [
      '/steps/0/thandi sends',
    ]);
    assert.deepEqual(wrong(story), ['']);
  });

  it('is named by every sample story', () => {
    for (const file of storyFiles(['config/templates']).files) {
      const lines =
        readFileSync(file, 'utf8').match(/^# yaml-language-server: \$schema=\.\.\/story\.schema\.json$/gm) ?? [];
      assert.equal(lines.length, documents(file).length, `${file}: begin each story with the line for editors`);
    }
  });

  it('has a sentence for every key', () => assert.deepEqual(judgeOf(schemaText(schema)).silentKeys(), []));

  it('is kept beside the samples as it is made: UPDATE_GOLDEN=1, or stubwire schema --stories --out config/story.schema.json', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(KEPT, schemaText(schema));
    assert.ok(readFileSync(KEPT, 'utf8') === schemaText(schema), `${KEPT} is another: write it anew`);
  });
});
