import { StubwireError } from '../errors.js';
import type { Step, Story } from './story.js';
import { StoryStuck } from './story-clock.js';
import { StoryDeeds } from './story-deeds.js';
import { StoryExpectations } from './story-expectations.js';
import { StepFailed, type StoryOutcome } from './story-outcome.js';
import { sectionsOf } from './story-sections.js';
import { type StoryServices, StoryWorld } from './story-world.js';

/** Plays a story on an engine that has nothing in it. Ends with the first step that does not hold. */
export async function playStory(story: Story, services: StoryServices): Promise<StoryOutcome> {
  const beganMs = performance.now();
  const world = new StoryWorld(services, story);
  const tookMs = () => performance.now() - beganMs;
  try {
    await play(world);
    return { story, tookMs: tookMs() };
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const { place, step, message, mismatches, contact } = error;
    const failure = { place, step, message, mismatches, sections: await sectionsOf(world, contact) };
    return { story, tookMs: tookMs(), failure };
  }
}

async function play(world: StoryWorld): Promise<void> {
  const { story, services } = world;
  const deeds = new StoryDeeds(world);
  const expectations = new StoryExpectations(world);
  await at(story.place, 'contacts', async () => {
    await world.begin();
    await deeds.create();
    await services.clock.rest();
  });
  for (const step of story.steps)
    await at(step.place(), step.title, async () => {
      await take(step, world, deeds, expectations);
      await services.clock.rest();
    });
  await expectations.goesOn();
  const { items } = await services.deadLetters.list(undefined, 1);
  if (items.length > 0) {
    const last = story.steps.at(-1)!;
    throw new StepFailed(last.place(), last.title, 'Every step holds, but something inside could not be handled.');
  }
}

async function take(step: Step, world: StoryWorld, deeds: StoryDeeds, expectations: StoryExpectations): Promise<void> {
  const { deed } = step;
  if (deed.do !== 'gets' && deed.do !== 'expect') await expectations.goesOn();
  switch (deed.do) {
    case 'action':
      return deeds.action(step, deed);
    case 'client':
      return deeds.client(step, deed);
    case 'emit':
      return deeds.emit(step, deed);
    case 'fault':
      return deeds.fault(step, deed);
    case 'wait':
      return world.services.clock.pass('ms' in deed ? deed.ms : await untilMoment(step, deed.untilMs, world));
    case 'gets':
      return expectations.gets(step, deed);
    case 'expect':
      return expectations.expect(step, deed.expect);
  }
}

/** How long it is until then, ms. */
async function untilMoment(step: Step, untilMs: number, { services }: StoryWorld): Promise<number> {
  const nowMs = await services.clock.nowMs();
  if (untilMs >= nowMs) return untilMs - nowMs;
  const mismatch = {
    what: '',
    expected: 'a time to come',
    seen: `it is ${new Date(nowMs).toISOString().slice(0, 16)}Z already`,
  };
  throw new StepFailed(step.place(['wait']), step.title, 'The story cannot go back in time.', [mismatch]);
}

/** What the engine refuses, and an engine that does not come to rest, is a failure of the step. */
async function at(place: StepFailed['place'], title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StubwireError) throw new StepFailed(place, title, `${error.code} ${error.message}`);
    if (error instanceof StoryStuck) throw new StepFailed(place, title, error.message);
    throw error;
  }
}
