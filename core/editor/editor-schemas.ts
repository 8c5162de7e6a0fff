import { injectable, multiInject, optional } from 'inversify';
import { Channel } from '../contract/channel.js';
import { FeedbackAction } from '../contract/feedback-action.js';
import { SubstitutionHelper } from '../contract/substitution-helper.js';
import { TaskType } from '../contract/task-type.js';
import { helperBook } from '../template/helper-book.js';
import { schemaText } from './schema-text.js';
import { templateSchema } from './template-schema.js';

/** The JSON Schemas that editors are given, of what core and the loaded plugins bring; each is made when first asked for. */
@injectable()
export class EditorSchemas {
  private template: string | undefined;

  constructor(
    @multiInject(TaskType) private readonly tasktypes: readonly TaskType[],
    @multiInject(Channel) @optional() private readonly channels: readonly Channel[] = [],
    @multiInject(FeedbackAction) @optional() private readonly feedbackActions: readonly FeedbackAction[] = [],
    @multiInject(SubstitutionHelper) @optional() private readonly helpers: readonly SubstitutionHelper[] = [],
  ) {}

  /** Of stub templates, as JSON text. */
  stubTemplate(): string {
    this.template ??= schemaText(
      templateSchema({
        channels: new Map(this.channels.map(({ id, settings }) => [id, settings])),
        tasktypes: new Map(this.tasktypes.map(({ tasktype, params }) => [tasktype, params])),
        feedbackActions: this.feedbackActions.map(({ name }) => name),
        helpers: helperBook(this.helpers),
      }),
    );
    return this.template;
  }
}
