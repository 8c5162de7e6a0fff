import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const template = (name: string) => readFileSync(`config/templates/${name}.yaml`, 'utf8');
const THANDI = '27825550101';
const OFFERS = `
template: offers
initial_state: open
states: { open: { actions: [offer] } }
actions:
  offer:
    notifications:
      offer:
        send_to: { customer: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: template
            params:
              template:
                whatsapp_template_name: sample_offer
                whatsapp_template_params_array:
                  - { type: button, sub_type: copy_code, index: 0, parameters: [{ type: coupon_code, coupon_code: SPRING10 }] }
`;

describe('Consent', () => {
  let host: StoryHost;
  let stubref: string;
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: template('parcel'), offers: OFFERS });
    stubref = await host.newStub('parcel', `+${THANDI}`);
  });
  afterEach(() => host.stop());

  const tell = (eta: string) => host.run(stubref, 'tell_customer', { data: { eta } });
  const untilStatus = (post: { stubpostuuid: string }, status: string, notification = 'to_customer') =>
    until(`the delivery to be ${status}`, async () => {
      const [delivery] = (await host.post(post.stubpostuuid)).notifications[notification].deliveries;
      return delivery.status === status && delivery;
    });
  const failure = async (post: { stubpostuuid: string }, notification?: string) =>
    (await untilStatus(post, 'failed', notification)).history.at(-1).error.code;
  const optedOut = (expected: string | null) =>
    until(`opted out: ${expected}`, async () => {
      const { items } = await host.ask('GET', '/api/conversations');
      if (items.length === 0) return false;
      const { consent } = items[0];
      return (consent.opted_out?.scope ?? null) === expected && consent;
    });

  it('a stop word drops what waits and stops everything, WhatsApp templates too, until a start word', async () => {
    const waiting = await tell('at 9');
    await host.untilArrived(THANDI, 1);
    await host.clientSays(THANDI, { text: ' stop ' });
    assert.equal(await failure(waiting), 'client_opted_out');
    const stopped = await optedOut('all');
    assert.equal(stopped.opted_out.by, 'word');
    assert.equal(await failure(await tell('at 10')), 'client_opted_out');
    const templated = await host.run(stubref, 'send_update_template', { message: 'It is on its way' });
    assert.equal(await failure(templated, 'update'), 'client_opted_out');
    const { items } = await host.ask('GET', '/api/unrouted');
    assert.equal(items[0].data.message, ' stop ', 'somebody sees it');
    await host.clientSays(THANDI, { text: 'please stop it now' });
    await host.clientSays(THANDI, { text: 'Start' });
    await optedOut(null);
    await untilStatus(await tell('at 11'), 'sent');
    assert.equal((await host.arrived(THANDI)).length, 2, 'the request before, and this one');
  });

  it('an operator lifts an opt-out', async () => {
    await host.clientSays(THANDI, { text: 'STOP' });
    await optedOut('all');
    await host.ask('POST', `/api/conversations/main/${THANDI}/lift-opt-out`, undefined, 202);
    await optedOut(null);
    await untilStatus(await tell('at 9'), 'sent');
  });

  it('WhatsApp’s own stop is of marketing only, and its resume ends it', async () => {
    await host.clientSays(THANDI, { text: 'Hello' });
    await host.ask('POST', `/emulator/clients/${THANDI}/marketing`, { stop: true });
    const { opted_out } = await optedOut('marketing');
    assert.equal(opted_out.by, 'meta');
    await untilStatus(await tell('at 9'), 'sent');
    const update = await host.run(stubref, 'send_update_template', { message: 'It is on its way' });
    await untilStatus(update, 'sent', 'update');
    const offers = await host.newStub('offers', `+${THANDI}`);
    assert.equal(await failure(await host.run(offers, 'offer'), 'offer'), 'client_opted_out');
    await host.ask('POST', `/emulator/clients/${THANDI}/marketing`, { stop: false });
    await optedOut(null);
    await untilStatus(await host.run(offers, 'offer'), 'sent', 'offer');
  });

  it('Allow twice sends once; Allow after the end of the request opens the window and sends nothing old', async () => {
    const first = await tell('at 9');
    await host.untilArrived(THANDI, 1);
    await host.clientSays(THANDI, { tap: 'Allow' });
    await untilStatus(first, 'sent');
    await host.clientSays(THANDI, { tap: 'Allow' });
    await host.wait(25);
    const second = await tell('at 10');
    await host.untilArrived(THANDI, 3);
    await host.wait(169);
    assert.equal(await failure(second), 'interaction_request_expired');
    await host.clientSays(THANDI, { tap: 'Allow' });
    await until('the window', async () => (await host.conversation(THANDI)).window.open);
    await untilStatus(await tell('at 11'), 'sent');
    const arrived = await host.arrived(THANDI);
    assert.deepEqual(
      arrived.map((text) => text.match(/at \d+/)?.[0] ?? 'request'),
      ['request', 'at 9', 'request', 'at 11'],
    );
    assert.ok((await host.posts(stubref)).every(({ action_name }) => action_name !== '_update_from_whatsapp'));
  });

  it('a free text while a request is pending releases the stash, and does not answer the question that this release asks', async () => {
    const asking = await host.newStub('parcel', `+${THANDI}`);
    await host.run(asking, 'ask_proof');
    await host.untilArrived(THANDI, 1);
    await host.clientSays(THANDI, { text: 'who is this?' });
    await host.untilArrived(THANDI, 2);
    await until('the nextreply', async () => (await host.conversation(THANDI)).nextreply?.stubref === asking);
    assert.equal((await host.ask('GET', '/api/unrouted')).items[0].data.message, 'who is this?');
    await host.clientSays(THANDI, { text: 'a green gate' });
    assert.equal((await host.untilPosts(asking, 3)).at(-1).message, 'a green gate');
  });

  it('a request that Meta refuses fails what waits for it, with Meta’s code, and the next message asks anew', async () => {
    await host.ask('POST', '/emulator/faults', { kind: 'error_code', code: 132001, times: 1 });
    const failed = await untilStatus(await tell('at 9'), 'failed');
    const { code, provider_code } = failed.history.at(-1).error;
    assert.deepEqual([code, provider_code], ['interaction_request_failed', 132001]);
    await untilStatus(await tell('at 10'), 'stashed');
    await host.untilArrived(THANDI, 1);
  });

  it('Meta’s refusal for an opt-out (131050) is kept as one of marketing', async () => {
    await host.clientSays(THANDI, { text: 'Hello' });
    await host.ask('POST', '/emulator/faults', { kind: 'error_code', code: 131050, times: 1 });
    const templated = await host.run(stubref, 'send_update_template', { message: 'It is on its way' });
    const { code, provider_code } = (await untilStatus(templated, 'failed', 'update')).history.at(-1).error;
    assert.deepEqual([code, provider_code], ['client_opted_out', 131050]);
    const { opted_out } = await optedOut('marketing');
    assert.equal(opted_out.by, 'meta');
  });

  it('Reject outranks the window it opens until the time to ask again, and a tap on an old request still counts', async () => {
    const first = await tell('at 9');
    await host.untilArrived(THANDI, 1);
    await host.clientSays(THANDI, { tap: 'Reject' });
    assert.equal(await failure(first), 'interaction_rejected');
    assert.equal(await failure(await tell('at 10')), 'interaction_rejected');
    await host.wait(169);
    const asked = await tell('at 11');
    await untilStatus(asked, 'stashed');
    await host.untilArrived(THANDI, 2);
    const [oldRequest] = (await host.chat(THANDI)).filter(({ direction }) => direction === 'to_client');
    await host.clientSays(THANDI, { tap: 'Allow', reply_to: oldRequest!.id });
    await untilStatus(asked, 'sent');
  });
});
