import type { JsonObject } from './json.js';

/** A condition: JSONata text over `{stub, stubpost, template, org, actioningContact, heimdall}`. */
export type Conditions = readonly string[];

export interface TemplateState {
  readonly name: string;
  readonly actions: readonly string[];
  readonly isDone: boolean;
}

/** A `file` is posted as one or several file objects or fileuuids, and lands as a list of file objects. */
export type FieldType = 'text' | 'number' | 'boolean' | 'json' | 'file';

export interface TemplateField {
  /** The key in `fields`. */
  readonly name: string;
  /** Where the value lands: `stubpost.data.<keyname>`. */
  readonly keyname: string;
  readonly fieldtype: FieldType;
  readonly title: string;
  readonly required: boolean;
  readonly conditions: Conditions;
}

export interface TemplateTask {
  readonly key: string;
  readonly tasktype: string;
  readonly params: JsonObject;
  readonly conditions: Conditions;
  readonly stopOnFailure: boolean;
}

export interface SendTo {
  readonly type: 'contactuuid' | 'contact_list' | 'mobile' | 'whatsapp_user';
  readonly value: string;
}

export interface TemplateNotification {
  readonly key: string;
  readonly conditions: Conditions;
  readonly sendTo: { readonly [recipient: string]: SendTo };
  /** Keyed by channel id; checked by the channel, kept as written until it is substituted. */
  readonly platforms: { readonly [channel: string]: JsonObject };
}

export interface TemplateMetric {
  readonly key: string;
  readonly counter: string;
  readonly increment: number;
}

/** A branch of `to_state`: the first whose conditions hold, else the default one. */
export interface StateBranch {
  readonly key: string;
  readonly state: string;
  readonly conditions: Conditions;
  readonly isDefault: boolean;
}

export interface TemplateAction {
  readonly name: string;
  readonly description: string;
  readonly conditions: Conditions;
  readonly fields: readonly TemplateField[];
  readonly tasks: readonly TemplateTask[];
  readonly notifications: readonly TemplateNotification[];
  readonly metrics: readonly TemplateMetric[];
  /** Empty: the state stays. A plain `to_state: done` is one default branch. */
  readonly toState: readonly StateBranch[];
}

export type Mechanism = 'evt' | 'cbh' | 'rra' | 'rnd' | 'evb';

/** A registration that lives as long as its template is loaded. */
export interface TemplateRegistration {
  readonly name: string;
  readonly path: string;
  readonly mechanism: 'evt' | 'cbh';
  readonly createStub?: {
    readonly subject: string;
    readonly stubsessionHours?: number;
    readonly run?: string;
    readonly data: JsonObject;
  };
  readonly triggerStubaction?: {
    readonly stubref: string;
    readonly action_name: string;
    readonly message: string;
    readonly data: JsonObject;
  };
}

/** A stub template as the engine reads it: checked, normalised, every list in running order, frozen. */
export interface StubTemplate {
  readonly name: string;
  /** The file it came from, for messages. */
  readonly file: string;
  readonly initialState: string;
  readonly data: JsonObject;
  readonly states: ReadonlyMap<string, TemplateState>;
  readonly actions: ReadonlyMap<string, TemplateAction>;
  readonly registrations: readonly TemplateRegistration[];
}
