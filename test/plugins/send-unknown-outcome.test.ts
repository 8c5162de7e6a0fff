import assert from 'node:assert/strict';
import { DESK, newDeskClient } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

/** In hours. */
const SECONDS = 1 / 3_600;
const HIDDEN = '27825550160';

describe('meta_whatsapp: sends whose outcome nobody knows, and sends to a user id', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  const notes = ({ history }: { history: { note?: string }[] }) => history.map(({ note }) => note ?? '').join('\n');
  async function counted(end: 'all' | 'unresolved'): Promise<number> {
    const metrics = await (await fetch(`${host.url}/metrics`)).text();
    const line = new RegExp(
      `^stubwire_unknown_outcomes_total\\{queue="whatsapp-send-main",end="${end}"\\} (\\d+)$`,
      'm',
    );
    return Number(line.exec(metrics)?.[1] ?? 0);
  }

  it('are counted and shown on the stubpost, whether a status settles them, they are sent again, or nobody ever says', async () => {
    const settled = await newDeskClient(host, '27825550150');
    const again = await newDeskClient(host, '27825550151');
    const never = await newDeskClient(host, '27825550152');
    await host.fault({ kind: 'drop_answer', client: settled.number, times: 1 });
    await host.fault({ kind: 'drop_request', client: again.number, times: 1 });
    await host.fault({ kind: 'drop_request', client: never.number });
    const posts = await Promise.all([settled, again, never].map(({ tell }) => tell('Good day')));
    await until('all three to be unknown', async () => (await counted('all')) >= 3);
    const bySta = await posts[0]!.until('sent');
    await until('the last to be given up', async () => {
      await host.wait(70 * SECONDS); // no status is under way any more
      return (await counted('unresolved')) === 1;
    });
    const [bySend, byNone] = [await posts[1]!.until('sent'), await posts[2]!.until('failed')];
    for (const delivery of [bySta, bySend, byNone]) assert.match(notes(delivery), /The outcome is unknown/);
    assert.doesNotMatch(notes(bySta), /Sent again/);
    assert.match(notes(bySend), /Sent again/);
    assert.equal(byNone.history.at(-1).error.code, 'unknown_outcome');
    assert.deepEqual(await host.arrived(settled.number), ['Good day']);
    assert.deepEqual(await host.arrived(again.number), ['Good day']);
  });

  it('a client who is known by user id only is written to by `recipient`, and no number is made up', async () => {
    const client = { number: HIDDEN, name: 'Thandi', hide_number: true };
    const { user_id } = await host.ask('POST', '/emulator/clients', client, 201);
    await host.clientSays(HIDDEN, { text: 'Hello' });
    await until('the window', async () => (await host.conversation(user_id).catch(() => undefined))?.window.open);
    const platforms = { meta_whatsapp: { message_type: 'text', params: { text: { body: 'Good day' } } } };
    await host.ask('POST', '/api/send', { to: { type: 'whatsapp_user', value: user_id }, platforms });
    await host.untilArrived(HIDDEN, 1);
    const { payload } = (await host.chat(HIDDEN)).at(-1)!;
    assert.deepEqual([payload.recipient, payload.to, payload.recipient_type], [user_id, undefined, 'individual']);
  });
});
