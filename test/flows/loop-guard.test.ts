import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: desk
initial_state: open
states: { open: { actions: [hello] } }
actions:
  hello:
    notifications:
      hi:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: template
            params: { template: { whatsapp_template_name: general_stub_update, whatsapp_template_params_array: [Hello, there] } }
            stubsession: { set_new_with_timeout_hours: 24 }
  _update_from_whatsapp: { metrics: { n: { counter: heard } } }
`;
const BOT = '27825550191';

describe('A client that never stops writing', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: TEMPLATE }, { stubs: { loop_guard: { actions_per_minute: 3 } } });
  });
  after(() => host.stop());

  it('runs as many actions a minute as the configuration allows; the rest is kept in the log, and later it goes on', async () => {
    const stubref = await host.newStub('desk', BOT);
    const { stubpostuuid } = await host.run(stubref, 'hello');
    await host.untilDelivery(stubpostuuid, 'sent');
    for (let n = 1; n <= 5; n++) await host.clientSays(BOT, { text: `Message ${n}` });
    const posts = await host.untilPosts(stubref, 7);
    assert.deepEqual(
      posts.slice(2).map(({ message, refused }) => [message, refused?.code]),
      [1, 2, 3, 4, 5].map((n) => [`Message ${n}`, n > 3 ? 'loop_guard' : undefined]),
    );
    const { loop_guard, metrics, client_runs } = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual([loop_guard.refused, metrics.counters.heard, client_runs], [2, 3, undefined]);
    await host.run(stubref, '_update', {});
    await host.wait(0.1);
    await host.clientSays(BOT, { text: 'Later' });
    await until('the stub to go on', async () => {
      const { data, ...now } = await host.ask('GET', `/api/stubs/${stubref}`);
      return now.metrics.counters.heard === 4 && data._incoming_whatsapp_data.message === 'Later';
    });
  });
});
