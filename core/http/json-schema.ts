import { z } from 'zod';
import type { JsonObject } from '../contract/json.js';

/** Any JSON object. What a body holds was parsed from JSON, so its values need no second look. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;

/** ISO 8601, UTC. */
export const time = z.iso.datetime();
