import { z } from 'zod';
import type { JsonObject } from '../contract/json.js';

/** Any JSON object. What a body holds was parsed from JSON, so its values need no second look. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

/**
 * Keys that only the API sets. A request may contain them, and they are ignored, so that the answer of a GET can be posted
 * again. OpenAPI shows them as `readOnly`.
 */
export const readOnlyKeys = <Key extends string>(...keys: readonly Key[]) =>
  Object.fromEntries(keys.map((key) => [key, z.unknown().optional().meta({ readOnly: true })])) as {
    readonly [key in Key]: z.ZodOptional<z.ZodUnknown>;
  };

export const isReadOnly = (schema: z.ZodType): boolean => schema.meta()?.['readOnly'] === true;
