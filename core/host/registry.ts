import type { Container, ServiceIdentifier } from 'inversify';
import { ActorKind } from '../contract/actor-kind.js';
import { Channel } from '../contract/channel.js';
import { Diagnosis } from '../contract/diagnosis.js';
import { FeedbackAction } from '../contract/feedback-action.js';
import { HttpRoutes } from '../contract/http-routes.js';
import { PersonalData } from '../contract/personal-data.js';
import { Service } from '../contract/service.js';
import { SubstitutionHelper } from '../contract/substitution-helper.js';
import { TaskType } from '../contract/task-type.js';
import { TemplateCheck } from '../contract/template-check.js';
import { WebhookSource } from '../contract/webhook-source.js';
import { ProblemsError, StubwireError } from '../errors.js';
import type { Origins } from './origins.js';

/** A contribution point, and what must be different for each thing that is contributed to it. */
interface Point {
  readonly name: string;
  readonly service: ServiceIdentifier;
  readonly ids: Readonly<Record<string, (contribution: never) => string>>;
  /** Core itself contributes to it; where nothing is bound the wiring is broken. */
  readonly required: boolean;
}

const point = <T>(
  name: string,
  service: ServiceIdentifier<T>,
  ids: Readonly<Record<string, (contribution: T) => string>>,
  required = false,
): Point => ({ name, service, ids, required });

const POINTS: readonly Point[] = [
  point('Channel', Channel, { id: ({ id }) => id }),
  point('TaskType', TaskType, { tasktype: ({ tasktype }) => tasktype }, true),
  point('FeedbackAction', FeedbackAction, { name: ({ name }) => name }),
  point('SubstitutionHelper', SubstitutionHelper, { name: ({ name }) => name }),
  point('WebhookSource', WebhookSource, { name: ({ name }) => name }),
  point('ActorKind', ActorKind, { kind: ({ kind }) => kind, queue: ({ queue }) => queue }, true),
  point('HttpRoutes', HttpRoutes, { name: ({ name }) => name }, true),
  point('Service', Service, { name: ({ name }) => name }),
  point('PersonalData', PersonalData, { name: ({ name }) => name }),
  point('Diagnosis', Diagnosis, { name: ({ name }) => name }),
  point('TemplateCheck', TemplateCheck, { id: ({ id }) => id }, true),
];

/**
 * Step *duplicates* of loading: makes every contribution once, and asserts that no two of a point share an id and that
 * what must be there is there. All problems are thrown together.
 */
export function checkContributions(container: Container, origins: Origins): void {
  const problems = POINTS.flatMap((each) => problemsOf(each, container, origins));
  // What cannot be made stands in the way of everything that uses it, and is said once.
  const distinct = new Map(problems.map((problem) => [problem.message, problem]));
  if (problems.length > 0) throw new ProblemsError([...distinct.values()]);
}

function problemsOf({ name, service, ids, required }: Point, container: Container, origins: Origins): StubwireError[] {
  if (!container.isBound(service)) {
    return required
      ? [new StubwireError('contribution_missing', `Nothing is bound to ${name}; core binds some itself.`)]
      : [];
  }
  const made = make(name, service, container);
  if (made instanceof StubwireError) return [made];
  return Object.entries(ids).flatMap(([field, read]) => {
    const first = new Map<string, number>();
    return made.flatMap((contribution, at) => {
      const id = read(contribution as never);
      const before = first.get(id);
      if (before === undefined) {
        first.set(id, at);
        return [];
      }
      const [mine, other] = [origins.of(service, at), origins.of(service, before)];
      const message = `${name} with ${field} "${id}" is contributed twice: by ${other.name} and by ${mine.name}. Leave one out.`;
      return [new StubwireError('plugin_duplicate', message, { ...(mine.place && { place: mine.place }) })];
    });
  });
}

/** Their constructors run here, once: everything is a singleton. */
function make(name: string, service: ServiceIdentifier, container: Container): readonly unknown[] | StubwireError {
  try {
    return container.getAll(service);
  } catch (error) {
    if (error instanceof StubwireError) return error;
    return new StubwireError('plugin_contribute_failed', `${name} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
