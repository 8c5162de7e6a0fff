import type { Json, JsonObject } from './json.js';

/** Keys and indexes from the root of a template's document to something in it. */
export type OutlinePath = readonly PropertyKey[];

/** A word of a template and where it stands: a state in `to_state`, an action in a state's list. */
export interface OutlineName {
  readonly name: string;
  readonly path: OutlinePath;
}

/** A text that is filled in when an action runs or a registration fires, placeholders and all; a condition. */
export interface OutlineText {
  readonly text: string;
  readonly path: OutlinePath;
}

export interface OutlineState extends OutlineName {
  readonly actions: readonly OutlineName[];
  readonly isDone: boolean;
}

/** A regular expression or a JSONata expression that a value must pass. */
export interface OutlineValidation extends OutlineText {
  readonly type: 'regex' | 'jsonata';
  /** Flags of the regular expression. */
  readonly flags: string;
}

export interface OutlineField extends OutlineName {
  /** The path below `stubpost.data` at which the value lands. */
  readonly landsAt: readonly string[];
  readonly required: boolean;
  readonly validations: readonly OutlineValidation[];
  readonly conditions: readonly OutlineText[];
}

export interface OutlineTask extends OutlineName {
  readonly tasktype: string;
  /** As written: placeholders are not filled in. */
  readonly params: JsonObject;
  readonly texts: readonly OutlineText[];
  readonly conditions: readonly OutlineText[];
}

export interface OutlineRecipient extends OutlineName {
  readonly type: string;
  readonly value: string;
}

export interface OutlineChannel extends OutlineName {
  /** As written: placeholders are not filled in. */
  readonly settings: Json;
}

export interface OutlineNotification extends OutlineName {
  readonly recipients: readonly OutlineRecipient[];
  readonly channels: readonly OutlineChannel[];
  readonly texts: readonly OutlineText[];
  readonly conditions: readonly OutlineText[];
}

export interface OutlineBranch extends OutlineName {
  readonly conditions: readonly OutlineText[];
  readonly isDefault: boolean;
}

export interface OutlineAction extends OutlineName {
  readonly conditions: readonly OutlineText[];
  readonly fields: readonly OutlineField[];
  /** In running order, as the rest of the lists. */
  readonly tasks: readonly OutlineTask[];
  readonly notifications: readonly OutlineNotification[];
  readonly counters: readonly OutlineName[];
  /** `name` is the state; a plain `to_state: done` is one default branch. */
  readonly toState: readonly OutlineBranch[];
}

export interface OutlineRegistration extends OutlineName {
  readonly pattern: string;
  readonly mechanism: string;
  /** `create_stub` and `trigger_stubaction` as written, where they stand. */
  readonly createStub?: JsonObject;
  readonly triggerStubaction?: JsonObject;
  readonly texts: readonly OutlineText[];
}

/**
 * A template as its author wrote it, for rules that look beyond its form: names with their places. It can be made of a
 * template with errors too; what is of a wrong form is left out of it.
 */
export interface TemplateOutline {
  readonly name: string;
  readonly file: string;
  readonly initialState?: OutlineName;
  readonly data: JsonObject;
  readonly states: readonly OutlineState[];
  readonly actions: readonly OutlineAction[];
  readonly registrations: readonly OutlineRegistration[];
  /** Of the platform's editor, each where it stands first. */
  readonly ignoredKeys: readonly OutlineName[];
}
