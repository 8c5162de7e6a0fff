import type { Json, JsonObject } from '../contract/json.js';

/** A filled-in value where a text belongs; empty where something else came of it. */
export const filledText = (value: Json | undefined): string =>
  value === undefined || value === null || typeof value === 'object' ? '' : String(value);

/** A filled-in value where a map belongs; empty where something else came of it. */
export const filledMap = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
