import type { Json, JsonObject } from '../contract/json.js';

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys, by own properties only. */
export function valueIn(data: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = data;
  for (const key of path) {
    if (!isMap(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The data with a value at a path; undefined where something that is no map stands on the way. Nothing is changed. */
export function withValue(data: JsonObject, path: readonly string[], value: Json): JsonObject | undefined {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) return { ...data, [key]: value };
  const inner = Object.hasOwn(data, key) ? data[key] : {};
  const changed = isMap(inner) ? withValue(inner, rest, value) : undefined;
  return changed && { ...data, [key]: changed };
}

/** The data without a key at its top. */
export function without(data: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = data;
  return rest;
}

/** `after`, whose maps along a path keep what `before` has beside the path. */
export function keepingBeside(before: JsonObject, after: JsonObject, path: readonly string[]): JsonObject {
  const [key, ...rest] = path as [string, ...string[]];
  const [had, has] = [valueIn(before, [key]), valueIn(after, [key])];
  if (rest.length === 0 || !isMap(had) || !isMap(has)) return after;
  return { ...after, [key]: keepingBeside(had, { ...had, ...has }, rest) };
}
