import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { FileObject } from '../../contract/stub.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { FileStore, fileObject } from '../../file/file-store.js';

const MAX_ATTACHMENTS = 1_000;

const File = z.union([
  z.string().min(1).max(100),
  z.looseObject({ fileuuid: z.string().min(1).max(100).describe('The id that the file store gave it') }),
]);
const Params = z
  .strictObject({
    files: z.union([File, z.array(File).max(100)]).describe('A file object or fileuuid, or a list of them'),
  })
  .describe('Puts files among the attachments of this stub, each once');

/** `attach_file`: puts files among the attachments of this stub, each once. */
@injectable()
export class AttachFile implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'attach_file';
  readonly params = Params;

  constructor(@inject(FileStore) private readonly files: FileStore) {}

  async run({ params, stub }: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const named = [params.files].flat().map((file) => (typeof file === 'string' ? file : file.fileuuid));
    const has = new Set(stub.attachments.map(({ fileuuid }) => fileuuid));
    const attached: FileObject[] = [];
    for (const fileuuid of new Set(named)) {
      const file = await this.files.get(fileuuid);
      if (!file) {
        const message = `files names "${fileuuid.slice(0, 60)}", and no file has this id. POST /api/files makes files; what a client sent stands in stubpost.attachments.`;
        return { success: false, error: { code: 'file_unknown', message } };
      }
      if (!has.has(fileuuid)) attached.push(fileObject(file));
    }
    const attachments = [...stub.attachments, ...attached];
    if (attachments.length > MAX_ATTACHMENTS) {
      const message = `The stub would have ${attachments.length} attachments; at most ${MAX_ATTACHMENTS} are kept.`;
      return { success: false, error: { code: 'validation_failed', message } };
    }
    return { success: true, stub: { attachments }, payload: { files: attached } };
  }
}
