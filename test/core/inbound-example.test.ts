import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KindQueues } from '../../core/actor/kind-queues.js';
import { ActorKind } from '../../core/contract/actor-kind.js';
import { WebhookSource } from '../../core/contract/webhook-source.js';
import { SmsInboundConfig, SmsSender, SmsWebhook } from '../support/sms-inbound.js';
import { until } from '../support/until.js';
import { CASE_TEMPLATE, HttpRig } from './http-rig.js';

const SECRET = 'shared with the provider';
/** Opens a case for each South African number. */
const TEMPLATE = {
  ...CASE_TEMPLATE,
  registrations: [
    {
      name: 'anybody',
      path: 'sms.incoming.from.#',
      mechanism: 'cbh' as const,
      createStub: { subject: 'SMS: {{heimdall.message}}', data: {}, run: 'note' },
    },
  ],
};

describe('the inbound example of CONTRIBUTING.md', () => {
  let rig: HttpRig | undefined;
  const start = async (template: typeof CASE_TEMPLATE) => {
    rig = new HttpRig({ templates: [template], workers: true });
    const { container } = rig;
    container.bind(SmsInboundConfig).toConstantValue({ secret: SECRET });
    container.bind(WebhookSource).to(SmsWebhook).inSingletonScope();
    container.bind(ActorKind).to(SmsSender).inSingletonScope();
    container.get(KindQueues).learn(container.getAll(ActorKind));
    await rig.start();
  };
  afterEach(() => rig?.stop());

  const post = (message: object, secret = SECRET) => {
    const body = JSON.stringify(message);
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    return rig!.ask('POST', '/webhooks/sms', body, { 'x-signature': signature });
  };

  it('is the code that is tested here', () => {
    const code = readFileSync('test/support/sms-inbound.ts', 'utf8').trim();
    const shown = readFileSync('CONTRIBUTING.md', 'utf8');
    assert.ok(shown.includes(code), 'CONTRIBUTING.md shows another example than test/support/sms-inbound.ts');
  });

  it('opens a stub of a message, once however often it comes, and puts the words on it', async () => {
    await start(TEMPLATE);
    const message = { id: 'm1', from: '082 555 0101', text: 'Where is my parcel?' };
    assert.equal((await post(message, 'a guess')).body.error.code, 'signature_invalid');
    for (let times = 0; times < 2; times++) assert.equal((await post(message)).status, 200);
    const stubs = async () => (await rig!.ask('GET', '/api/stubs')).body.items;
    const [stub] = await until('the stub', async () => {
      const items = await stubs();
      return items[0]?.version === 2 && items;
    });
    assert.equal(stub.subject, 'SMS: Where is my parcel?');
    const { body } = await rig!.ask('GET', `/api/stubs/${stub.stubref}/posts`);
    assert.deepEqual(
      body.items.map((post: { action_name: string; message: string }) => [post.action_name, post.message]),
      [
        ['note', 'Where is my parcel?'],
        ['_create', ''],
      ],
    );
    assert.equal((await stubs()).length, 1);
    assert.equal((await rig!.ask('GET', '/webhooks/sms')).status, 404, 'it has no subscription check');
  });

  it('keeps a message that nobody takes for the operator', async () => {
    await start(CASE_TEMPLATE);
    await post({ id: 'm2', from: '+27825550102', text: 'Hello?' });
    const unrouted = async () => (await rig!.ask('GET', '/api/unrouted')).body.items;
    const [item] = await until('the message', async () => (await unrouted()).length > 0 && unrouted());
    assert.deepEqual(
      [item.path, item.data],
      ['sms.incoming.from.27825550102', { message: 'Hello?', from: '27825550102' }],
    );
  });
});
