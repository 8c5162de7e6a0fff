import { Command, InvalidArgumentError, Option } from 'commander';
import { StorySuite, type StorySuiteOptions } from '../host/story-suite.js';
import { painted } from '../story/story-colors.js';
import { storiesJson } from '../story/story-json.js';
import { storiesJunit } from '../story/story-junit.js';
import type { StoryOutcome } from '../story/story-outcome.js';
import { endText, fileText, outcomeText } from '../story/story-text.js';
import { type CommandContext, configOption, orCouldNotRun, stopSignal } from './command-context.js';

interface TestFlags {
  readonly config: string;
  readonly format: StoryFormat;
  readonly grep?: RegExp;
}

/** `stubwire test`. */
export const testCommand = ({ provideRedis, end }: CommandContext): Command =>
  new Command('test')
    .description('play the stories that stand beside stub templates, on emulators and a Redis of their own')
    .argument('[files...]', 'story files (*.test.yaml), or folders of them; without: those beside the templates')
    .addOption(configOption())
    .addOption(new Option('--format <format>', 'how to print what came of them').choices(STORY_FORMATS).default('text'))
    .option('--grep <pattern>', 'only stories whose file or sentence matches this regular expression', regExp)
    .exitOverride()
    .action(async (files: string[], options: TestFlags) => {
      const ending = new AbortController();
      void stopSignal().then(() => ending.abort());
      const inColor = options.format === 'text' && process.stdout.isTTY && process.stdout.hasColors();
      const print = (text: string) => console.log(inColor ? painted(text) : text);
      const whole = { ...options, files, provideRedis, print, interrupted: ending.signal };
      end(await orCouldNotRun(() => testStories(whole)));
    });

function regExp(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export const STORY_FORMATS = ['text', 'json', 'junit'] as const;
export type StoryFormat = (typeof STORY_FORMATS)[number];

export interface TestOptions extends StorySuiteOptions {
  readonly format: StoryFormat;
  /** Ends the run before the next story. */
  readonly interrupted?: AbortSignal;
  /** Gets what is to be printed, piece by piece. */
  print(text: string): void;
}

/** `stubwire test`: plays stories, and says which hold. Resolves with the exit code 0 or 1; what cannot run throws. */
export async function testStories({ format, print, interrupted, ...options }: TestOptions): Promise<0 | 1> {
  const beganMs = performance.now();
  const suite = await StorySuite.open(options);
  const outcomes: StoryOutcome[] = [];
  const isText = format === 'text';
  try {
    for (const story of suite.stories) {
      if (interrupted?.aborted) break;
      if (isText && outcomes.at(-1)?.story.file !== story.file) print(fileText(story.file));
      const outcome = await suite.play(story);
      outcomes.push(outcome);
      if (isText) print(outcomeText(outcome, outcomes.filter(({ failure }) => failure).length));
    }
  } finally {
    await suite.close();
  }
  const tookMs = performance.now() - beganMs;
  const whole = { text: endText, json: storiesJson, junit: storiesJunit }[format];
  print(whole(outcomes, tookMs));
  const isWhole = outcomes.length === suite.stories.length;
  if (isText && !isWhole) print(`\n  Stopped: ${suite.stories.length - outcomes.length} stories were not played.`);
  return isWhole && !outcomes.some(({ failure }) => failure) ? 0 : 1;
}
