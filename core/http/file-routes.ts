import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import type { FileObject } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { FileStore } from '../file/file-store.js';
import { RedisConnection } from '../redis/connection.js';
import { derivedUuid } from '../stub/ids.js';
import { sendFile } from './file-answer.js';
import { storedFileSchema } from './file-schema.js';
import { discardUpload, MAX_FILES, receiveUpload, type UploadedFile } from './upload.js';

/** How long an upload may take to arrive, ms. */
const UPLOAD_WAIT_MS = 10 * 60_000;

const fileParams = z.strictObject({ fileuuid: z.string().max(100) });
const uploadForm = z.object({ file: z.array(z.file()).max(MAX_FILES).describe('One part for each file, of any name') });

declare module 'fastify' {
  interface FastifyRequest {
    /** The files of an upload: received, and discarded when the request ends, but for those that were kept. */
    uploaded: readonly UploadedFile[];
  }
}

/** `/api/files`: the file store. */
@injectable()
export class FileRoutes implements HttpRoutes {
  readonly name = 'files';
  readonly access = 'token';

  constructor(
    @inject(FileStore) private readonly files: FileStore,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  async register(scope: FastifyInstance): Promise<void> {
    await scope.register(multipart, {
      throwFileSizeLimit: false,
      limits: { files: MAX_FILES, fields: 20, fieldSize: 1_000 },
    });
    const app = scope.withTypeProvider<ZodTypeProvider>();

    app.post('/api/files', {
      schema: {
        consumes: ['multipart/form-data'],
        body: uploadForm,
        response: { 201: z.object({ items: z.array(storedFileSchema) }) },
      },
      config: { bodyWaitMs: UPLOAD_WAIT_MS },
      validatorCompiler: () => (body: unknown) => ({ value: body }), // the schema is for the document; `receive` checks
      // Before an Idempotency-Key is looked at, so that its hash covers the content.
      preValidation: (request) => this.receive(request),
      handler: async (request, reply) => reply.code(201).send({ items: await this.keep(request) }),
      onResponse: (request) => discardUpload(request.uploaded, this.files),
      onRequestAbort: (request) => discardUpload(request.uploaded, this.files),
    });

    app.get('/api/files/:fileuuid', { schema: { params: fileParams } }, async (request, reply) => {
      const found = await this.redis.orAway(this.files.open(request.params.fileuuid));
      if (!found)
        throw new StubwireError(
          'file_unknown',
          'No file has this fileuuid. POST /api/files answers with the ones it makes.',
        );
      return sendFile(found, request, reply);
    });
  }

  private async receive(request: FastifyRequest): Promise<void> {
    request.uploaded = [];
    request.uploaded = await receiveUpload(request, this.files);
    request.body = request.uploaded.map(({ received: { sha256 }, ...about }) => ({ ...about, sha256 }));
  }

  /** A repeat under the same Idempotency-Key makes the same files. */
  private keep({ uploaded, derivedKey }: FastifyRequest): Promise<Required<FileObject>[]> {
    const kept = uploaded.map(({ received, ...about }, position) =>
      this.files.keep(received, {
        ...about,
        fileuuid: derivedKey && derivedUuid('file', derivedKey, String(position)),
      }),
    );
    return this.redis.orAway(Promise.all(kept));
  }
}
