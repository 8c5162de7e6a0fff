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

/** Removes wrappers of a schema; for a transforming schema, returns the schema of its input. */
function bareOf(schema: ZodType): ZodType {
  const inner = unwrap(schema)!;
  if (inner instanceof z.ZodReadonly) return bareOf(inner.unwrap() as ZodType);
  return inner instanceof z.ZodPipe ? bareOf(inner.in as ZodType) : inner;
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

/** The named keys of an object schema; for a union of objects, the keys of each. */
export function knownKeys(schema: ZodType | undefined): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) return [...new Set(inner.options.flatMap((each) => knownKeys(each as ZodType)))];
  return Object.entries(shapeOf(inner) ?? {})
    .filter(([, value]) => value.meta()?.['unlisted'] !== true)
    .map(([key]) => key);
}

/**
 * The schemas that are possible at a path below a schema; a union gives several. With the data, a discriminated union is
 * narrowed to the form that the data names.
 */
export function schemasAt(schema: ZodType, path: readonly PropertyKey[], data?: unknown): ZodType[] {
  const [key, ...rest] = path;
  const bare = bareOf(schema);
  if (bare instanceof z.ZodUnion) return optionsFor(bare, data).flatMap((option) => schemasAt(option, path, data));
  if (key === undefined) return [bare];
  const below = (data as { readonly [key: PropertyKey]: unknown } | null | undefined)?.[key];
  if (bare instanceof z.ZodArray) return schemasAt(bare.element as ZodType, rest, below);
  if (bare instanceof z.ZodRecord) return schemasAt(bare.valueType as ZodType, rest, below);
  const child = bare instanceof z.ZodObject ? (bare.shape[String(key)] as ZodType | undefined) : undefined;
  return child === undefined ? [] : schemasAt(child, rest, below);
}

function optionsFor(union: z.ZodUnion, data: unknown): ZodType[] {
  const options = union.options as ZodType[];
  if (!(union instanceof z.ZodDiscriminatedUnion)) return options;
  const { discriminator } = union.def;
  const value = (data as { readonly [key: string]: unknown } | null | undefined)?.[discriminator];
  const chosen = options.filter((option) => shapeOf(option)?.[discriminator]?.safeParse(value).success);
  return chosen.length > 0 ? chosen : options;
}

/** Whether a path leads to an optional key of an object schema. */
export function isOptionalKey(schema: ZodType, path: readonly PropertyKey[]): boolean {
  const key = path.at(-1);
  if (typeof key !== 'string') return false;
  return schemasAt(schema, path.slice(0, -1)).some((owner) => {
    const value = shapeOf(owner)?.[key];
    return value?.safeParse(undefined).success === true;
  });
}

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
