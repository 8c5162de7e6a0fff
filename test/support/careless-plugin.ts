import { z } from 'zod';
import { Channel, definePlugin } from '../../core/index.js';

/** A plugin as one might be that was written before there were stories: it would send for real. */
export default definePlugin({
  name: import.meta.url,
  config: z.strictObject({}),
  contribute: ({ bind }) => {
    bind(Channel).toConstantValue({
      id: 'careless',
      settings: z.strictObject({}),
      lanes: [],
      plan: () => ({ ok: false, problem: { code: 'internal', message: 'never' } }),
      send: async () => ({ result: 'accepted', providerId: '' }),
    });
  },
});
