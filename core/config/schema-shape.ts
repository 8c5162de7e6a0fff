import { type ZodType, z } from 'zod';

/** Marks a key that is taken but not worth naming in a list of what exists. */
export const UNLISTED = { unlisted: true } as const;

/** Marks a key that is refused whatever stands there, only with better words than an unknown one. */
export const REFUSED = { refused: true } as const;

/** The schema of each key of an object schema; what is wrapped (`optional`, `default`, …) is unwrapped first. */
export function shapeOf(schema: ZodType | undefined): Readonly<Record<string, ZodType>> | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, ZodType>) : undefined;
}

function unwrap(schema: ZodType | undefined): ZodType | undefined {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.unwrap() as ZodType;
  }
  return inner;
}

/** The keys an object schema takes and names. */
export const knownKeys = (schema: ZodType | undefined): string[] =>
  Object.entries(shapeOf(schema) ?? {})
    .filter(([, value]) => value.meta()?.['unlisted'] !== true)
    .map(([key]) => key);

/** Where below this schema, at most two levels down, a key of that name is taken: `text.body`. */
export function nestedKey(schema: ZodType | undefined, name: string, preferred: readonly string[]): string | undefined {
  const found = pathsTo(schema, name, 2);
  const inPreferred = found.find((path) => path.some((key) => preferred.includes(key)));
  return (inPreferred ?? (found.length === 1 ? found[0] : undefined))?.join('.');
}

function pathsTo(schema: ZodType | undefined, name: string, levels: number): string[][] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([key, child]) => {
    const below = shapeOf(child);
    if (below === undefined) return [];
    if (name in below) return [[key, name]];
    return levels > 1 ? pathsTo(child, name, levels - 1).map((path) => [key, ...path]) : [];
  });
}
