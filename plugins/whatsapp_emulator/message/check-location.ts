import { z } from 'zod';
import { type CheckedMessage, freeForm } from './checked-message.js';
import { chars, shaped } from './shape.js';

/** Degrees as a number, or as a text that is one. */
const degrees = (max: number) =>
  z
    .union([z.number(), z.string().regex(/^[+-]?\d+(\.\d+)?$/)], 'must be a number')
    .transform(Number)
    .refine((value) => Math.abs(value) <= max, `must be from -${max} to ${max}`);

export const Location = z.strictObject({
  latitude: degrees(90),
  longitude: degrees(180),
  name: chars(0, 1000).optional(),
  address: chars(0, 1000).optional(),
});

export function checkLocation(value: unknown): CheckedMessage {
  const { latitude, longitude, name, address } = shaped(Location, value, 'location');
  return freeForm('location', [name, address].filter(Boolean).join(', ') || `${latitude}, ${longitude}`);
}
