import { StorySuite } from '../../core/host/story-suite.js';
import type { Story } from '../../core/story/story.js';
import { median, table } from './figures.js';

const CONFIG = 'config/stubwire.yaml';
const ROUNDS = 5;
const HOUR_MS = 3_600_000;

/** Hours that the steps of a story wait. */
const hoursOf = ({ steps }: Story): number =>
  steps.reduce((sum, { deed }) => sum + (deed.do === 'wait' && 'ms' in deed ? deed.ms : 0), 0) / HOUR_MS;

const open = () => StorySuite.open({ config: CONFIG, files: [], provideRedis: () => undefined });

/** The sample stories as multiples of what it takes to start the engine that plays them. */
export async function storyBench(): Promise<string> {
  const startMs: number[] = [];
  const playMs = new Map<string, number[]>();
  let stories: readonly Story[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const suite = await open();
    try {
      ({ stories } = suite);
      for (const [at, story] of stories.entries()) {
        const from = performance.now();
        const { tookMs, failure } = await suite.play(story);
        if (failure) throw new Error(`"${story.name}" does not hold: ${failure.message}`);
        if (at === 0) startMs.push(performance.now() - from - tookMs); // the engine starts with its first story
        playMs.set(story.name, [...(playMs.get(story.name) ?? []), tookMs]);
      }
    } finally {
      await suite.close();
    }
  }
  const start = median(startMs);
  const row = (name: string, hours: number, ms: number) => [
    name.slice(0, 60),
    hours.toFixed(0),
    ms.toFixed(0),
    (ms / start).toFixed(2),
  ];
  return table([
    ['story', 'hours', 'ms', 'of a start'],
    row('start of the engine', 0, start),
    ...stories.map((story) => row(story.name, hoursOf(story), median(playMs.get(story.name)!))),
  ]);
}
