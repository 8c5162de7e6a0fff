import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { StorySuite } from '../../core/host/story-suite.js';
import { failureText } from '../../core/story/story-text.js';

const suite = await StorySuite.open({ config: 'config/stubwire.yaml', files: [], provideRedis: () => undefined });

describe('The stories of the sample templates', () => {
  after(() => suite.close());

  for (const story of suite.stories) {
    it(`${basename(story.file)}: ${story.name}`, async () => {
      const { failure } = await suite.play(story);
      if (failure) assert.fail(failureText(failure));
    });
  }
});
