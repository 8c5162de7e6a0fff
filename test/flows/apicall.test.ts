import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { CalleeServer, inTurn, json } from '../support/callee-server.js';
import { privateRedis } from '../support/private-redis.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TOKEN = 'token-of-the-crm-0815';
const NUMBER = '27825550191';
const OWNER = '27825550192';

const call = (name: string, params: string) => `
  ${name}:
    tasks:
      ask: { tasktype: apicall, params: ${params} }`;
const template = (url: string) => `
template: caller
initial_state: open
states:
  open: { actions: [look_up, missing, later, order, keyed, elsewhere, moved, large, slow, quick] }
actions:
  look_up:
    tasks:
      ask:
        tasktype: apicall
        params:
          url: ${url}/people
          path: ["{{stubpost.data.number}}"]
          query: { fields: "name,tier" }
          auth: { bearer: crm_token }
      remember: { tasktype: savedata, params: { data: { person: "~~stubpost.tasks.ask.payload.body" } } }
    notifications:
      to_client:
        conditions: ["stubpost.tasks.ask.success"]
        send_to: { client: { type: mobile, value: "${NUMBER}" } }
        platforms: { log: { body: "{{stubpost.tasks.ask.payload.body.name}} is {{stub.data.person.tier}}" } }
${call('missing', `{ url: "${url}/nobody" }`)}
${call('later', `{ method: PUT, url: "${url}/later", body: { a: "{{stubpost.message}}" } }`)}
${call('order', `{ method: POST, url: "${url}/order" }`)}
${call('keyed', `{ method: POST, url: "${url}/keyed", honours_idempotency_key: true }`)}
${call('elsewhere', '{ url: "{{stubpost.data.url}}", auth: { bearer: crm_token } }')}
${call('moved', `{ url: "${url}/moved" }`)}
${call('large', `{ url: "${url}/large", max_answer_kb: 1 }`)}
${call('slow', `{ method: PUT, url: "${url}/slow" }`)}
  quick: { details: { description: Nothing but a log entry } }
`;

describe('A stub asks another system', () => {
  let host: StoryHost;
  let stubref: string;
  const callee = new CalleeServer();
  const held: ServerResponse[] = [];
  const redis = privateRedis.connect();

  before(async () => {
    await callee.start();
    const apicall = {
      allow_hosts: [`127.0.0.1:${callee.port}`],
      allow_private_addresses: true,
      secrets: { crm_token: TOKEN },
    };
    host = await StoryHost.start({ caller: template(`http://127.0.0.1:${callee.port}`) }, { apicall });
    stubref = await host.newStub('caller', `+${NUMBER}`);
  });
  after(async () => {
    redis.disconnect();
    await callee.stop(); // the last story stops the host
  });

  const ask = async (action: string, request: object = {}) => (await host.run(stubref, action, request)).tasks.ask;

  it('and later steps use the answer; the secret went there and stands nowhere', async () => {
    callee.at('/people/..%2Fx', (request, response) => {
      const echo = { name: 'Thandi', tier: 'gold', got: request.headers.authorization, [TOKEN]: [`(${TOKEN})`] };
      response.writeHead(200, { 'content-type': 'application/json', etag: TOKEN }).end(JSON.stringify(echo));
    });
    const post = await host.run(stubref, 'look_up', { data: { number: '../x' } });
    const { success, payload, task_duration_ms: ms } = post.tasks.ask;
    assert.deepEqual([success, payload.status, payload.body.name, payload.attempts], [true, 200, 'Thandi', 1]);
    assert.deepEqual([payload.body.got, payload.headers.etag], ['Bearer ***', '***']);
    assert.equal(typeof ms, 'number');
    const [request] = callee.requests;
    assert.equal(request!.headers.authorization, `Bearer ${TOKEN}`);
    assert.equal(request!.path, '/people/..%2Fx?fields=name%2Ctier');
    assert.match(String(request!.headers['idempotency-key']), /^[0-9a-f-]{36}$/);
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.equal(stub.data.person.tier, 'gold');
    const [delivery] = post.notifications.to_client.deliveries;
    const shown = JSON.stringify([stub, post, await host.ask('GET', `/api/deliveries/${delivery.id}`)]);
    assert.doesNotMatch(shown, new RegExp(TOKEN));
  });

  it('any status but 2xx fails the task, and the answer is kept', async () => {
    callee.at('/nobody', json({ why: 'unknown' }, 404));
    const { success, payload, error } = await ask('missing');
    assert.deepEqual([success, payload.status, payload.body], [false, 404, { why: 'unknown' }]);
    assert.deepEqual([error.code, error.message], ['apicall_status', `127.0.0.1:${callee.port} answered HTTP 404.`]);
  });

  it('what may be repeated is, with the same key; a POST only where the callee honours the key', async () => {
    for (const path of ['/later', '/order', '/keyed']) callee.at(path, inTurn(json({}, 503), json({ ok: true })));
    const results = await Promise.all(['later', 'order', 'keyed'].map((action) => ask(action, { message: 'x' })));
    assert.deepEqual(
      results.map(({ success, payload }) => [success, payload.attempts]),
      [
        [true, 2],
        [false, 1],
        [true, 2],
      ],
    );
    const keys = callee.of('/later').map(({ headers }) => headers['idempotency-key']);
    assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
    assert.equal(callee.of('/later')[0]!.body, '{"a":"x"}');
  });

  it('addresses that nobody allowed are refused, redirects are not followed, long answers are not taken', async () => {
    const url = `http://localhost:${callee.port}/people`;
    const elsewhere = await ask('elsewhere', { data: { url } });
    assert.deepEqual([elsewhere.success, elsewhere.error.code], [false, 'apicall_refused']);
    callee.at('/moved', (_, response) => response.writeHead(302, { location: '/people/1' }).end());
    const moved = await ask('moved');
    assert.deepEqual([moved.error.code, moved.payload.headers.location], ['apicall_status', '/people/1']);
    assert.equal(callee.of('/people/1').length + callee.of('/people').length, 0);
    callee.at('/large', json({ text: 'x'.repeat(2_000) }));
    const large = await ask('large');
    assert.deepEqual([large.error.code, large.payload.body], ['apicall_answer_unfit', null]);
  });

  it('a slow callee holds up its own stub and no other', async () => {
    callee.at('/slow', (_, response) => void held.push(response));
    const others = await Promise.all(Array.from({ length: 20 }, () => host.newStub('caller', `+${NUMBER}`)));
    for (const other of others) await host.ask('POST', `/api/stubs/${other}/actions/slow`, {}, 202);
    await until('the callee to be asked', () => held.length === 12);
    assert.equal((await host.run(stubref, 'quick')).action_name, 'quick');
    assert.equal(held.length, 12);
    callee.at('/slow', json({ at: 'last' }));
    for (const response of held.splice(0)) response.end();
    await Promise.all(others.map((other) => host.untilPosts(other, 2)));
    assert.equal(callee.of('/slow').length, 20, 'each was asked for once');
    const dead = await host.ask('GET', '/api/dead-letters');
    assert.deepEqual(dead.items, []);
  });

  it('an erasure is not done while a stub of that person has not come to it', async () => {
    callee.at('/slow', (_, response) => void held.push(response));
    const busy = await host.newStub('caller', `+${OWNER}`, 'Sibusiso', { message: 'I am Sibusiso' });
    const [contact] = (await host.ask('GET', `/api/contacts?mobile=${OWNER}`)).items;
    await host.ask('POST', `/api/stubs/${busy}/actions/slow`, { message: 'for Sibusiso' }, 202);
    await until('the callee to be asked', () => held.length === 1);
    await host.ask('DELETE', `/api/contacts/${contact.contactuuid}`, undefined, 202);
    const isDone = async () =>
      (await host.ask('GET', `/api/contacts/${contact.contactuuid}`, undefined, 410)).error.details.done;
    const atTheEnd = await until('the erasure to wait for the stub', async () => {
      const jobs = await redis.keys('*:contact-desk-waits:*');
      const data = await Promise.all(jobs.map((job) => redis.hget(job, 'data').catch(() => null)));
      const isIts = (text: string | null) =>
        text?.includes(contact.contactuuid) && /"step":"(again|end)","waits":/.test(text);
      return data.some(isIts) ? 'waits' : (await isDone()) && 'done';
    });
    assert.equal(atTheEnd, 'waits');
    assert.match(JSON.stringify(await host.posts(busy)), /Sibusiso/);
    for (const response of held.splice(0)) response.end();
    await until('the erasure to end', isDone);
    assert.doesNotMatch(JSON.stringify(await host.posts(busy)), /Sibusiso/);
  });

  it('stopping does not wait for a callee that never answers', async () => {
    callee.at('/slow', (_, response) => void held.push(response));
    await host.ask('POST', `/api/stubs/${stubref}/actions/slow`, {}, 202);
    await until('the callee to be asked', () => held.length === 1);
    const cut = new Promise((resolve) => held[0]!.once('close', resolve));
    await host.stop();
    await cut;
  });
});
