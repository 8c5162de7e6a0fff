import type { Json, JsonObject } from '../contract/json.js';
import { encodeSegment } from '../heimdall/path-pattern.js';

/**
 * The filled-in params of a task whose values at `keys` are event paths. The author's own text is filled in again with each value
 * encoded; a path that comes from data as a whole becomes one segment.
 */
export function withEncodedPath(
  written: Json | undefined,
  filled: Json,
  [key, ...deeper]: readonly string[],
  fillEncoded: (text: string) => Json,
): Json {
  if (key === undefined) {
    if (typeof written === 'string') return fillEncoded(written);
    return typeof filled === 'string' ? encodeSegment(filled) : filled;
  }
  if (!isMap(filled)) return filled;
  const entries = Object.entries(filled).map(([name, value]) => {
    if (value === undefined || (key !== '*' && key !== name)) return [name, value];
    const given = isMap(written) && Object.hasOwn(written, name) ? written[name] : undefined;
    return [name, withEncodedPath(given, value, deeper, fillEncoded)];
  });
  return Object.fromEntries(entries);
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
