import type { Container, ServiceIdentifier } from 'inversify';
import { KindQueues } from '../actor/kind-queues.js';
import { ActorKind } from '../contract/actor-kind.js';
import { Channel } from '../contract/channel.js';
import { FeedbackAction } from '../contract/feedback-action.js';
import { SubstitutionHelper } from '../contract/substitution-helper.js';
import { TaskType } from '../contract/task-type.js';
import { ProblemsError } from '../errors.js';
import { readFiles } from '../reload/file-version.js';
import { TemplateLedger } from '../reload/template-ledger.js';
import { TemplateWatch } from '../reload/template-watch.js';
import { helperBook } from '../template/helper-book.js';
import { templateFiles } from '../template/template-files.js';
import type { Vocabulary } from '../template/vocabulary.js';
import { bindLanes, createContainer, type HostValues } from './container.js';
import { Origins } from './origins.js';
import { contribute, type LoadedPlugin, loadPlugins } from './plugin-loader.js';
import { checkContributions } from './registry.js';

/** What templates can name: all that core and the plugins contribute. */
export function vocabularyOf(container: Container): Vocabulary {
  const all = <T>(service: ServiceIdentifier<T>): T[] => (container.isBound(service) ? container.getAll(service) : []);
  return {
    channels: new Map(all(Channel).map(({ id, settings }) => [id, settings])),
    tasktypes: new Map(all(TaskType).map(({ tasktype, params }) => [tasktype, params])),
    feedbackActions: all(FeedbackAction).map(({ name }) => name),
    helpers: helperBook(all(SubstitutionHelper)),
  };
}

/**
 * Puts the program together from its files, and starts nothing: plugins in their named steps, then stub templates, which
 * are checked against what the plugins bring. Throws `ProblemsError` with everything that is wrong with the configuration
 * and the plugins. A template file with a problem is refused by itself, as in a hot reload: see `TemplateLedger`.
 */
export async function assemble(values: HostValues): Promise<Container> {
  const { config, log } = values;
  const container = await assemblePlugins(values);
  const vocabulary = vocabularyOf(container);
  const { files, problems } = templateFiles([config.templates]);
  if (problems.length > 0) throw new ProblemsError(problems);
  container.get(TemplateLedger).begin(await readFiles(files, vocabulary, (line) => log.debug(line)));
  if (config.templates_watch) container.get(TemplateWatch).learn({ folder: config.templates, vocabulary });
  return container;
}

/** The program without its stub templates. Throws `ProblemsError` with everything that is wrong with plugins. */
export async function assemblePlugins(values: HostValues): Promise<Container> {
  return joinPlugins(values, await loadPlugins(values.config.plugins)); // found, shape, config
}

/** The program with plugins that are loaded. `origins` gets to know who contributed what. */
export function joinPlugins(
  values: HostValues,
  plugins: readonly LoadedPlugin[],
  origins: Origins = new Origins(),
): Container {
  const container = createContainer(values, origins);
  contribute(plugins, values.config.org, container, origins);
  bindLanes(container, origins);
  checkContributions(container, origins); // duplicates
  container.get(KindQueues).learn(container.getAll(ActorKind));
  return container;
}
