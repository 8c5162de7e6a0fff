import type { Json } from '../contract/json.js';
import type { FileObject } from '../contract/stub.js';
import { Refusal, type RunOrder, type RunWorld } from './run.js';

/** Files of one value at most. */
const MAX_FILES = 100;

/** The fileuuids of a value that names one or several files, each by its id or as a file object; undefined where it is none. */
export function fileIdsOf(value: Json): readonly string[] | undefined {
  const items = Array.isArray(value) ? value : [value];
  if (items.length > MAX_FILES) return undefined;
  const ids: string[] = [];
  for (const item of items) {
    const id = typeof item === 'object' && item !== null && !Array.isArray(item) ? item['fileuuid'] : item;
    if (typeof id !== 'string' || id === '') return undefined;
    ids.push(id);
  }
  return ids;
}

/** The files of these ids as they are stored, and the ids of which there is none. */
export async function filesOfIds(
  ids: readonly string[],
  world: Pick<RunWorld, 'file'>,
): Promise<{ readonly files: readonly FileObject[]; readonly missing: readonly string[] }> {
  const found = await Promise.all(ids.map((id) => world.file(id)));
  return {
    files: found.filter((file) => file !== undefined),
    missing: ids.filter((_, at) => found[at] === undefined),
  };
}

/**
 * The attachments of a run, and of `_attach` those in `data.files` too. Files that somebody named by their id are looked
 * up, and one that does not exist refuses the run; file objects that came with a client's message are taken as they are.
 */
export async function attachmentsOf(order: RunOrder, world: RunWorld): Promise<readonly FileObject[]> {
  const named = order.action === '_attach' && order.data['files'] !== undefined ? order.data['files'] : [];
  const ids = fileIdsOf(named);
  if (!ids) {
    throw new Refusal({
      code: 'validation_failed',
      message: `_attach found in data.files something that names no file, or over ${MAX_FILES} of them; expected file objects with a fileuuid, or fileuuids as text.`,
    });
  }
  const all = [...order.attachments, ...ids.map((fileuuid): FileObject => ({ fileuuid }))];
  const bare = all.filter((file) => Object.keys(file).length === 1).map(({ fileuuid }) => fileuuid);
  const { files, missing } = await filesOfIds(bare, world);
  if (missing.length > 0) {
    throw new Refusal({
      code: 'file_unknown',
      message: `The action "${order.action}" was not run: there is no file ${missing.map(shown).join(', ')} to attach. POST /api/files makes files.`,
    });
  }
  const known = new Map(files.map((file) => [file.fileuuid, file]));
  return all.map((file) => known.get(file.fileuuid) ?? file);
}

/** An id that was posted, as an error says it. */
export const shown = (id: string): string => `"${id.slice(0, 40)}"`;
