import { z } from 'zod';
import type { JsonObject } from '../contract/json.js';

/** Any JSON object. What a body holds was parsed from JSON, so its values need no second look. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

/**
 * Keys that only the API sets. A request may send them back as it received them, and they are ignored: what GET returns can
 * be posted again. OpenAPI shows them as `readOnly`.
 */
export const readOnlyKeys = <Key extends string>(...keys: readonly Key[]) =>
  Object.fromEntries(keys.map((key) => [key, z.unknown().optional().meta({ readOnly: true })])) as {
    readonly [key in Key]: z.ZodOptional<z.ZodUnknown>;
  };

export const isReadOnly = (schema: z.ZodType): boolean => schema.meta()?.['readOnly'] === true;
