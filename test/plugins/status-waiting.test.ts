import assert from 'node:assert/strict';
import type { Delivery } from '../../core/contract/channel.js';
import type { JsonObject } from '../../core/contract/json.js';
import { lettersOf } from '../../plugins/meta_whatsapp/webhook-letters.js';
import type { WhatsAppChannel } from '../../plugins/meta_whatsapp/whatsapp-channel.js';
import { MediaRig, PHONE_NUMBER_ID } from './media-rig.js';

const delivery = (id: string): Delivery => ({
  v: 1,
  id,
  channel: 'meta_whatsapp',
  profile: 'main',
  to: '5511987654321',
  message: {},
  options: {},
  show_all_statuses: false,
  created_at: new Date().toISOString(),
});

describe('meta_whatsapp: a status that waits to be read', () => {
  let rig: MediaRig;
  let channel: WhatsAppChannel;
  beforeEach(async () => {
    rig = await MediaRig.open();
    channel = rig.channel();
  });
  afterEach(() => rig.close());

  /** Stores the status as the webhook does. */
  async function told(status: JsonObject): Promise<void> {
    const value = { metadata: { phone_number_id: PHONE_NUMBER_ID }, statuses: [status] };
    const body = { entry: [{ id: '1', changes: [{ field: 'messages', value }] }] } as unknown as JsonObject;
    const { tells } = lettersOf(body, { ofNumber: () => 'main', ofAccount: () => ['main'] });
    const { redis, keys } = rig.base;
    for (const { to, id } of tells) await redis.client.rpush(keys.mailbox(to.kind, to.id), id);
  }

  it('is found for its message, whatever Meta calls the client in it', async () => {
    const clients: readonly JsonObject[] = [
      { recipient_id: '5511987654321' },
      { recipient_id: '551187654321' },
      { recipient_user_id: 'BR.1349' },
      {},
    ];
    for (const [at, client] of clients.entries()) {
      const id = `d${at}`;
      assert.equal(await channel.hasUnreadReports(delivery(id)), false);
      await told({ id: `w${at}`, status: 'failed', biz_opaque_callback_data: id, ...client });
      assert.equal(await channel.hasUnreadReports(delivery(id)), true, JSON.stringify(client));
    }
    assert.equal(await channel.hasUnreadReports(delivery('another')), false);
  });
});
