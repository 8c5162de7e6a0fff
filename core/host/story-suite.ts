import { basename, dirname, resolve } from 'node:path';
import { DeadLetters } from '../actor/dead-letters.js';
import { RedisClock } from '../actor/redis-clock.js';
import type { HostConfig } from '../config/host-config.js';
import { inOrder } from '../config/problem.js';
import { ActorKind } from '../contract/actor-kind.js';
import { Service } from '../contract/service.js';
import { StoryClients } from '../contract/story-clients.js';
import { ProblemsError, StubwireError } from '../errors.js';
import { FileStore } from '../file/file-store.js';
import { EventBus } from '../heimdall/event-bus.js';
import { UnroutedInbox } from '../heimdall/unrouted-inbox.js';
import { WorkUnderWay } from '../queue/work-under-way.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import type { Story } from '../story/story.js';
import { StoryClock, StoryStuck } from '../story/story-clock.js';
import { storyFiles } from '../story/story-files.js';
import { loadStories } from '../story/story-loader.js';
import type { StoryOutcome } from '../story/story-outcome.js';
import { playStory } from '../story/story-run.js';
import { StorySnapshot } from '../story/story-snapshot.js';
import type { StoryServices } from '../story/story-world.js';
import { ContactBook } from '../stub/contact-book.js';
import { StubDesk } from '../stub/stub-desk.js';
import { StubStore } from '../stub/stub-store.js';
import { templateFiles } from '../template/template-files.js';
import { Templates } from '../template/templates.js';
import { StoryEngine, storyConfig } from './story-engine.js';

/** How long an engine may take to come to rest after a story that does not hold, before another takes its place, ms. */
const CALM_MS = 500;

export interface StorySuiteOptions {
  readonly config: string;
  /** Story files and folders of them; none: those beside the templates of the configuration. */
  readonly files: readonly string[];
  /** Only stories whose file and sentence it matches. */
  readonly grep?: RegExp | undefined;
  /** Times that may come due in one wait of a story. */
  readonly maxHops?: number;
  /** Called before a Redis is needed: may install its program. */
  provideRedis(): void;
}

/** An engine that has begun, with what it was like then. */
interface Stage {
  readonly services: StoryServices;
  readonly snapshot: StorySnapshot;
}

/**
 * The stories of some files. Those with the templates of one folder share an engine: each begins with it as it was when it
 * had just started, so no story sees another.
 */
export class StorySuite {
  private readonly stages = new Map<StoryEngine, Stage>();

  private constructor(
    private readonly host: HostConfig,
    private readonly options: StorySuiteOptions,
    readonly stories: readonly Story[],
    /** By folder of templates. */
    private readonly engines: Map<string, StoryEngine>,
  ) {}

  /** Reads everything, and starts nothing. Throws `ProblemsError` with all that is wrong with configuration, templates and stories. */
  static async open(options: StorySuiteOptions): Promise<StorySuite> {
    const { config, files, grep, provideRedis } = options;
    const host = await storyConfig(config);
    const found = storyFiles(files.length > 0 ? files : [host.templates]);
    const problems = [...found.problems];
    const engines = new Map<string, StoryEngine>();
    const stories: Story[] = [];
    const suite = new StorySuite(host, options, stories, engines);
    try {
      for (const file of found.files) {
        const folder = templatesFor(file, host);
        if (!engines.has(folder)) engines.set(folder, await StoryEngine.prepare(host, folder, provideRedis));
        const loaded = loadStories(file, engines.get(folder)!.knownTemplates());
        problems.push(...loaded.problems);
        stories.push(...loaded.stories.filter(({ name }) => !grep || grep.test(`${file} ${name}`)));
      }
      if (problems.length > 0) throw new ProblemsError(inOrder(problems));
      if (stories.length === 0) throw noStories(files.length > 0 ? files : [host.templates], grep);
      return suite;
    } catch (error) {
      await suite.close();
      throw error;
    }
  }

  async play(story: Story): Promise<StoryOutcome> {
    const folder = templatesFor(story.file, this.host);
    const engine = this.engines.get(folder)!;
    const stage = await this.stage(engine);
    const outcome = await playStory(story, stage.services);
    try {
      await stage.services.clock.rest(outcome.failure ? CALM_MS : undefined);
      await stage.snapshot.restore();
    } catch (error) {
      if (!(error instanceof StoryStuck)) throw error;
      this.engines.set(folder, await StoryEngine.prepare(this.host, folder, this.options.provideRedis));
      this.stages.delete(engine);
      await engine.stop();
    }
    return outcome;
  }

  async close(): Promise<void> {
    for (const engine of this.engines.values()) await engine.stop();
    this.engines.clear();
  }

  private async stage(engine: StoryEngine): Promise<Stage> {
    const begun = this.stages.get(engine);
    if (begun) return begun;
    await engine.start();
    for (const service of engine.container.getAll(Service)) await service.ready?.();
    const services = servicesOf(engine, this.options.maxHops);
    await services.clock.rest();
    const stage = { services, snapshot: await StorySnapshot.take(services.redis) };
    this.stages.set(engine, stage);
    return stage;
  }
}

/**
 * The templates that a story is played with: those of its folder, where one of them has a story named after it (`a.yaml`,
 * `a.test.yaml`); else those of the configuration. A folder with other YAML is none of templates.
 */
function templatesFor(file: string, { templates }: HostConfig): string {
  const folder = resolve(dirname(file));
  const names = new Set(templateFiles([folder]).files.map((template) => basename(template).split('.')[0]));
  return storyFiles([folder]).files.some((story) => names.has(basename(story).split('.')[0])) ? folder : templates;
}

function noStories(where: readonly string[], grep: RegExp | undefined): StubwireError {
  const message = grep
    ? `No story matches ${grep}. Leave --grep out to see them all.`
    : `There are no stories in ${where.join(', ')}. Write one beside a template, in a file such as parcel.test.yaml.`;
  return new StubwireError('file_unreadable', message);
}

function servicesOf({ container, caller }: StoryEngine, maxHops?: number): StoryServices {
  const kinds = new Map(container.getAll(ActorKind).map(({ kind, queue }) => [kind, queue]));
  const [clients] = container.getAll(StoryClients);
  return {
    redis: container.get(RedisConnection).client,
    keys: container.get(Keys),
    desk: container.get(StubDesk),
    store: container.get(StubStore),
    templates: container.get(Templates),
    contacts: container.get(ContactBook),
    files: container.get(FileStore),
    events: container.get(EventBus),
    unrouted: container.get(UnroutedInbox),
    deadLetters: container.get(DeadLetters),
    clients: clients!,
    caller,
    clock: new StoryClock(container.get(WorkUnderWay), kinds, container.get(RedisClock), clients!, maxHops),
  };
}
