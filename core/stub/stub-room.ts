import type { JsonObject } from '../contract/json.js';

/** Characters of a stub's data as JSON at most: all of it is read and written with every run. */
const MAX_DATA = 1_048_576;

/** Why a stub cannot keep this data; undefined where it can. */
export function roomProblem(data: JsonObject): string | undefined {
  const size = JSON.stringify(data).length;
  if (size <= MAX_DATA) return undefined;
  return `the stub's data would have ${size} characters as JSON, and may have ${MAX_DATA}. Keep long things as files, and lists that grow in stubs of their own`;
}
