import { injectable } from 'inversify';
import { z } from 'zod';
import { definePlugin, type Feedback, FeedbackAction, type FeedbackRun } from '../../core/index.js';

/**
 * `_update_from_whatsapp`: what a client wrote becomes a stubpost. Its message is the text, on behalf of the contact
 * that has the number or user id; `data._incoming_whatsapp_data` is the message with where it came from.
 */
@injectable()
class UpdateFromWhatsApp implements FeedbackAction {
  readonly name = '_update_from_whatsapp';

  run({ contactuuid, incoming, attachments = [] }: Feedback): FeedbackRun {
    return {
      message: typeof incoming['message'] === 'string' ? incoming['message'] : '',
      data: { _incoming_whatsapp_data: incoming },
      attachments,
      posted_by: contactuuid === undefined ? {} : { on_behalf_of: contactuuid },
    };
  }
}

export default definePlugin({
  name: 'update_from_whatsapp',
  config: z.strictObject({}),
  contribute: ({ bind }) => {
    bind(FeedbackAction).to(UpdateFromWhatsApp).inSingletonScope();
  },
});
