import assert from 'node:assert/strict';
import { DESK, newDeskClient } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const UNKNOWN = '27825550999';
const VERBS: readonly (readonly [method: string, path: string])[] = [
  ['PUT', 'stubsession'],
  ['DELETE', 'stubsession'],
  ['POST', 'stash/release'],
  ['POST', 'stash/drop'],
  ['POST', 'lift-rejection'],
  ['POST', 'lift-opt-out'],
];

describe('meta_whatsapp: what an operator does to a conversation', () => {
  let host: StoryHost;
  let made = 0;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  /** Somebody who has not written: two messages wait for their consent. */
  async function waiting() {
    made += 1;
    const client = await newDeskClient(host, `278255507${made}0`, { hasWritten: false });
    const posts = [await client.tell('one'), await client.tell('two')];
    await host.untilArrived(client.number, 1);
    await until('both to wait', async () => (await host.conversation(client.number)).stash.length === 2);
    return { ...client, posts };
  }
  const verb = (number: string, method: string, path: string, body?: object) =>
    host.ask(method, `/api/conversations/main/${number}/${path}`, body, 202);

  it('drops what waits: it fails with the reason, and nothing of it goes out when the client allows', async () => {
    const { number, posts, tell } = await waiting();
    await verb(number, 'POST', 'stash/drop');
    for (const post of posts) assert.equal((await post.until('failed')).history.at(-1).error.code, 'stash_dropped');
    assert.deepEqual((await host.conversation(number)).stash, []);
    await host.clientSays(number, { tap: 'Allow' });
    await until('the answer', async () => (await host.conversation(number)).window.open);
    await (await tell('three')).until('sent');
    assert.deepEqual((await host.arrived(number)).slice(1), ['three']);
  });

  it('releases what waits: Meta has the last word on the window, nothing is lost, and each arrives once, in order', async () => {
    const { number, posts } = await waiting();
    await verb(number, 'POST', 'stash/release');
    const refused = () => host.calls('/messages').then((calls) => JSON.stringify(calls).includes('131047'));
    await until('Meta to refuse for the window', refused);
    await until('both to wait again', async () => (await host.conversation(number)).stash.length === 2);
    await host.clientSays(number, { tap: 'Allow' });
    for (const post of posts) await post.until('sent');
    assert.deepEqual(
      (await host.arrived(number)).filter((text) => ['one', 'two'].includes(text)),
      ['one', 'two'],
    );
  });

  it('is refused where there is no conversation, no such stub, or no such session', async () => {
    const { number, stubref } = await newDeskClient(host, '27825550790');
    for (const [method, path] of VERBS) {
      const body = path === 'stubsession' && method === 'PUT' ? { stubref } : undefined;
      const { error } = await host.ask(method, `/api/conversations/main/${UNKNOWN}/${path}`, body, 404);
      assert.equal(error.code, 'conversation_unknown', `${method} ${path}`);
    }
    const session = `/api/conversations/main/${number}/stubsession`;
    const { error } = await host.ask('PUT', session, { stubref: '2026-01-01-AAAA-BBBB' }, 404);
    assert.equal(error.code, 'stub_unknown');
    for (const hours of [0, 8_761]) await host.ask('PUT', session, { stubref, hours }, 422);
    for (const hours of [1, 8_760]) await host.ask('PUT', session, { stubref, hours }, 202);
  });

  it('accepts a session in the form that the conversation shows, with its exact end', async () => {
    const { number, stubref } = await newDeskClient(host, '27825550791');
    const path = `/api/conversations/main/${number}/stubsession`;
    const shown = async () => (await host.conversation(number)).stubsession;
    await host.ask('PUT', path, { stubref, hours: 7, feedback_action: '_update' }, 202);
    const session = await until('the session', async () => (await shown()) ?? undefined);
    await host.ask('DELETE', path, undefined, 202);
    await until('its end', async () => (await shown()) === null);
    await host.ask('PUT', path, session, 202);
    assert.deepEqual(await until('it again', async () => (await shown()) ?? undefined), session);
    for (const end of [
      { until: '2020-01-01T00:00:00Z' },
      { until: '2099-01-01T00:00:00Z' },
      { ...session, hours: 1 },
    ]) {
      const { error } = await host.ask('PUT', path, { stubref, ...end }, 422);
      assert.match(error.message, /^body\.until (is 20|is given with hours)/);
    }
  });
});
