import type { Json, JsonObject } from './json.js';

/** A condition: JSONata text over `{stub, stubpost, template, org, actioningContact, heimdall}`. */
export type Conditions = readonly string[];

export interface TemplateState {
  readonly name: string;
  readonly actions: readonly string[];
  readonly isDone: boolean;
}

export const FIELD_TYPES = ['text', 'number', 'boolean', 'date', 'select', 'file', 'contact', 'json'] as const;
/**
 * A `file` is posted as one or several file objects or fileuuids, and lands as a list of file objects. A `contact` is
 * posted as a contactuuid or as an address of an existing contact, and lands as the contactuuid. A `select` lands as the
 * value of the option, with the option's label beside it at `<keyname>_label`.
 */
export type FieldType = (typeof FIELD_TYPES)[number];

/** What a value must pass. `invalidMessage` is what the author wants people to read. */
export type FieldValidation = {
  readonly key: string;
  readonly invalidMessage?: string;
  readonly validMessage?: string;
} & (
  | { readonly validationtype: 'required' }
  | { readonly validationtype: 'regex'; readonly regex: string; readonly flags: string }
  /** JSONata over the roots of conditions, and `value` beside them. */
  | { readonly validationtype: 'jsonata'; readonly jsonata: string }
);

export interface TemplateField {
  /** The key in `fields`. */
  readonly name: string;
  /** `details.keyname`, else the name: the last step of `landsAt`. */
  readonly keyname: string;
  /** Where the value lands, below `stubpost.data`: the steps of `details.datapath`, then the keyname. */
  readonly landsAt: readonly string[];
  readonly fieldtype: FieldType;
  readonly title: string;
  readonly description: string;
  readonly hideLabel: boolean;
  readonly required: boolean;
  readonly conditions: Conditions;
  readonly validations: readonly FieldValidation[];
  /** As written; filled in when a form is shown and when the action runs. */
  readonly initvalue: { readonly default?: Json; readonly override?: Json };
  /** As `initvalue`. Which keys there are depends on the type. */
  readonly params: JsonObject;
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

/**
 * Who takes an event. `evt`: every registration that matches. `cbh`: one, the most specific pattern, then the newest. `rra`:
 * one, in turn. `rnd`: one at random. `evb`: as `evt`, and the answers are collected.
 */
export const MECHANISMS = ['evt', 'cbh', 'rra', 'rnd', 'evb'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** A registration that lives as long as its template is loaded. */
export interface TemplateRegistration {
  readonly name: string;
  readonly path: string;
  readonly mechanism: Mechanism;
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
