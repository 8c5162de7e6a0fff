import { z } from 'zod';
import { definePlugin, HttpRoutes } from '../../core/index.js';
import { ConsoleRoutes } from './console-routes.js';

export default definePlugin({
  name: 'console',
  config: z.strictObject({}),
  contribute({ bind }) {
    bind(HttpRoutes).to(ConsoleRoutes);
  },
});
