import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const template = (name: string) => readFileSync(`config/templates/${name}.yaml`, 'utf8');
const THANDI = '27825550101';

describe('Reactions, edits and deletions', () => {
  let host: StoryHost;
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: template('parcel'), support: template('support') });
  });
  afterEach(() => host.stop());

  /** Two stubs of one client: the first has the session, the second waits for the next reply. */
  async function sessionAndNextreply() {
    const first = await host.newStub('parcel', `+${THANDI}`);
    await host.run(first, 'tell_customer', { data: { eta: 'at noon' } });
    await host.untilArrived(THANDI, 1);
    await host.clientSays(THANDI, { tap: 'Allow' });
    await host.untilArrived(THANDI, 2);
    const second = await host.newStub('parcel', `+${THANDI}`);
    await host.run(second, 'ask_proof');
    await host.untilArrived(THANDI, 3);
    await until('the nextreply', async () => (await host.conversation(THANDI)).nextreply?.stubref === second);
    return { first, second };
  }
  const newest = async () => (await host.conversation(THANDI)).routing[0];
  const untilRouted = (type: string) =>
    until(`the ${type} to be routed`, async () => {
      const trace = await newest();
      return trace?.type === type && trace;
    });

  it('go to the stub whose message they are about, and use up no nextreply', async () => {
    const { first, second } = await sessionAndNextreply();
    const chat = await host.chat(THANDI);
    const told = chat.find(({ text }) => /at noon/.test(text))!;
    const asked = chat.filter(({ direction }) => direction === 'to_client').at(-1)!;
    await host.clientSays(THANDI, { reaction: { message_id: asked.id, emoji: '👍' } });
    const reacted = (await host.untilPosts(second, 3)).at(-1);
    assert.match(reacted.message, /^Reacted 👍 to: “/);
    assert.equal(reacted.routing.rule, 'referred message');
    await host.clientSays(THANDI, { reaction: { message_id: told.id, emoji: '' } });
    assert.match((await host.untilPosts(first, 3)).at(-1).message, /^Took the reaction back to: “[\s\S]*at noon/);
    assert.equal((await host.conversation(THANDI)).nextreply.stubref, second, 'still open');

    await host.clientSays(THANDI, { text: 'a green gaet' });
    assert.equal((await host.untilPosts(second, 4)).at(-1).message, 'a green gaet');
    const mine = (await host.chat(THANDI)).find(({ text }) => text === 'a green gaet')!;
    await host.clientSays(THANDI, { edit: { message_id: mine.id, text: 'a green gate' } });
    assert.equal((await host.untilPosts(second, 5)).at(-1).message, 'Edited: a green gate');
    await host.clientSays(THANDI, { revoke: { message_id: mine.id } });
    assert.equal((await host.untilPosts(second, 6)).at(-1).message, 'Deleted a message');
    assert.equal((await host.posts(first)).length, 3, 'the session’s stub got none of these');
  });

  it('go to the session’s stub where their message is not known, and are recorded only where there is no session', async () => {
    const { first } = await sessionAndNextreply();
    await host.clientSays(THANDI, { raw: { type: 'reaction', reaction: { message_id: 'wamid.unknown', emoji: '❤️' } } });
    assert.equal((await host.untilPosts(first, 3)).at(-1).message, 'Reacted ❤️');
    const trace = await untilRouted('reaction');
    assert.deepEqual([trace.rule, trace.to], ['stubsession', first]);
    await host.ask('DELETE', `/api/conversations/main/${THANDI}/stubsession`, undefined, 202);
    await until('the session to end', async () => (await host.conversation(THANDI)).stubsession === null);
    await host.clientSays(THANDI, { raw: { type: 'revoke', revoke: { original_message_id: 'wamid.unknown' } } });
    assert.equal((await untilRouted('revoke')).rule, 'recorded');
    assert.equal((await host.ask('GET', '/api/unrouted')).items.length, 0);
    assert.equal((await host.ask('GET', '/api/stubs?template=support')).items.length, 0);
  });

  it('a photo waits for its file and what comes after waits behind it; the stub gets both, in order, with the file', async () => {
    const { first } = await sessionAndNextreply();
    await host.clientSays(THANDI, { text: 'for the nextreply' });
    const file = Buffer.from('a photo').toString('base64');
    await host.clientSays(THANDI, { media: { kind: 'image', file, mime_type: 'image/jpeg', caption: 'my gate' } });
    await host.clientSays(THANDI, { text: 'that was my gate' });
    const posts = await host.untilPosts(first, 4);
    assert.deepEqual(
      posts.slice(2).map(({ message, attachments }) => [message, attachments.length]),
      [
        ['my gate', 1],
        ['that was my gate', 0],
      ],
    );
    assert.equal(posts[2].attachments[0].contentType, 'image/jpeg');
  });

  it('a session may name an action of the stub’s template; where the stub lacks it _update_from_whatsapp runs', async () => {
    const { first } = await sessionAndNextreply();
    const session = (feedback_action: string) =>
      host.ask('PUT', `/api/conversations/main/${THANDI}/stubsession`, { stubref: first, feedback_action }, 202);
    await host.clientSays(THANDI, { text: 'for the nextreply' });
    await until('it to be used up', async () => (await host.conversation(THANDI)).nextreply === null);
    await session('no_such_action');
    await host.clientSays(THANDI, { text: 'one' });
    const plain = (await host.untilPosts(first, 3)).at(-1);
    assert.deepEqual([plain.action_name, plain.message], ['_update_from_whatsapp', 'one']);
    await session('tell_from_main');
    await host.clientSays(THANDI, { text: 'two' });
    const own = (await host.untilPosts(first, 4)).at(-1);
    assert.deepEqual([own.action_name, own.message], ['tell_from_main', 'two']);
    assert.equal(own.data._incoming_whatsapp_data.message, 'two');
    assert.equal(own.refused, undefined);
  });
});
