/**
 * The part of JSON Schema (draft-07) that is written here, with the extensions of editors: `doNotSuggest`,
 * `enumDescriptions`, `markdownDescription`, `patternErrorMessage`.
 */
export interface JsonSchema {
  $schema?: string;
  $id?: string;
  $ref?: string;
  definitions?: { [name: string]: JsonSchema };
  title?: string;
  description?: string;
  markdownDescription?: string;
  default?: unknown;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  enumDescriptions?: string[];
  properties?: { [key: string]: JsonSchema };
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  patternProperties?: { [pattern: string]: JsonSchema };
  propertyNames?: JsonSchema;
  minProperties?: number;
  items?: JsonSchema;
  contains?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  patternErrorMessage?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  if?: JsonSchema;
  then?: JsonSchema;
  else?: JsonSchema;
  doNotSuggest?: boolean;
  /** Notes between the steps that make a schema; none of them is left in it. */
  by?: string;
  takesText?: boolean;
  unlisted?: boolean;
  refused?: boolean;
}
