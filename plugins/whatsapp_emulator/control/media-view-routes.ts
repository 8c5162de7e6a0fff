import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { type HttpRoutes, StubwireError } from '../../../core/index.js';
import { MediaShelf } from '../media/media-shelf.js';

/** Files for people to look at; Graph gives them to the business by a link and its token. */
@injectable()
export class MediaViewRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: files of a chat';
  readonly access = 'token';

  constructor(@inject(MediaShelf) private readonly shelf: MediaShelf) {}

  register(scope: FastifyInstance): void {
    scope.withTypeProvider<ZodTypeProvider>().get(
      '/emulator/media/:id',
      {
        schema: {
          tags: ['emulator'],
          summary: 'A file that was sent or uploaded',
          params: z.object({ id: z.string().regex(/^\d{1,30}$/, 'digits only') }),
        },
      },
      async ({ params }, reply) => {
        const media = await this.shelf.get(params.id);
        const content = media && (await this.shelf.open(media));
        if (!media || !content) throw new StubwireError('item_unknown', `No file here has the media id ${params.id}.`);
        return reply
          .header('content-security-policy', 'sandbox')
          .header('x-content-type-options', 'nosniff')
          .type(media.mimeType)
          .send(content);
      },
    );
  }
}
