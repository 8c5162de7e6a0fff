import assert from 'node:assert/strict';
import { slotCounts } from '../../plugins/meta_whatsapp/messages/template-slots.js';
import { AccountHost, ask, postWebhook, realProfile } from '../support/account-host.js';
import { type AccountCall, FakeAccount, type FakeReply, TOKEN_REFUSED } from '../support/fake-account.js';
import { until } from '../support/until.js';

const LIST = '/200000000000001/message_templates';
const template = (name: string, more: object = {}) => ({
  name,
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hello {{1}} and {{2}}.' }],
  id: '1',
  ...more,
});

describe('the catalogue of WhatsApp templates', () => {
  let account: FakeAccount;
  let host: AccountHost;
  let answer: (call: AccountCall) => FakeReply;

  beforeEach(async () => {
    answer = () => ({ body: { data: [template('parcel_news')] } });
    account = await new FakeAccount().on(`GET ${LIST}`, (call) => answer(call)).start();
    host = new AccountHost().write(realProfile(account.url));
  });
  afterEach(async () => {
    await host.end();
    await account.stop();
  });

  const listed = async (program: Awaited<ReturnType<AccountHost['start']>>) =>
    (await ask(program, 'GET', '/api/whatsapp-templates')).body;
  const untilListed = (program: Awaited<ReturnType<AccountHost['start']>>, name: string) =>
    until(`"${name}" to be listed`, async () => {
      const page = await listed(program);
      return page.items.some((item: { name: string }) => item.name === name) && page;
    });

  it('is read page by page after the start, with the profile’s token, and lists what each wants', async () => {
    answer = ({ query }) =>
      query.get('after') === 'second'
        ? { body: { data: [template('old_offer', { status: 'REJECTED', rejected_reason: 'PROMOTIONAL' })] } }
        : {
            body: {
              data: [template('parcel_news')],
              paging: { cursors: { after: 'second' }, next: `${account.url}/x` },
            },
          };
    const program = await host.start();
    const page = await untilListed(program, 'old_offer');
    assert.deepEqual(
      page.items.map(({ components: _, ...item }: { components: unknown }) => item),
      [
        {
          profile: 'main',
          name: 'parcel_news',
          language: 'en',
          status: 'APPROVED',
          category: 'UTILITY',
          parameter_format: 'POSITIONAL',
          params: { header: 0, body: 2, buttons: 0 },
        },
        {
          profile: 'main',
          name: 'old_offer',
          language: 'en',
          status: 'REJECTED',
          category: 'UTILITY',
          parameter_format: 'POSITIONAL',
          params: { header: 0, body: 2, buttons: 0 },
          rejected_reason: 'PROMOTIONAL',
        },
      ],
    );
    const [sync] = page.sync;
    assert.deepEqual([sync.profile, sync.templates, sync.problem], ['main', 2, undefined]);
    assert.ok(Math.abs(Date.parse(sync.synced_at) - Date.now()) < 10_000);
    const [first] = account.of(`GET ${LIST}`);
    assert.equal(first!.token, 'secret-token');
    assert.match(first!.query.get('fields')!, /components,parameter_format,rejected_reason/);
  });

  it('stays as it was when Meta refuses the next reading, says why, and is read anew when asked to', async () => {
    const program = await host.start();
    await untilListed(program, 'parcel_news');
    answer = () => TOKEN_REFUSED;
    const refused = await ask(program, 'POST', '/api/whatsapp-templates/sync');
    assert.equal(refused.status, 200);
    assert.equal(refused.body.sync[0].templates, 1);
    assert.deepEqual(
      [refused.body.sync[0].problem.code, refused.body.sync[0].problem.provider_code],
      ['provider_refused', 190],
    );
    assert.ok(!refused.text.includes('secret-token'), 'Meta’s words repeat the token; ours do not');
    assert.deepEqual((await listed(program)).items.length, 1);

    answer = () => ({ body: { data: [template('new_offer')] } });
    const read = await ask(program, 'POST', '/api/whatsapp-templates/sync', { profile: 'main' });
    assert.deepEqual([read.body.sync[0].templates, read.body.sync[0].problem], [1, undefined]);
    assert.deepEqual(
      (await listed(program)).items.map(({ name }: { name: string }) => name),
      ['new_offer'],
    );
  });

  it('is there at once after a restart, while Meta cannot be reached, and is read when it can', async () => {
    await untilListed(await host.start(), 'parcel_news');
    await host.stopAll();
    const { url } = account;
    await account.stop();
    const program = await host.start();
    assert.equal((await listed(program)).items[0].name, 'parcel_news');
    await until(
      'the failure to be seen',
      async () => (await listed(program)).sync[0].problem?.code === 'provider_unreachable',
    );
    account = await new FakeAccount()
      .on(`GET ${LIST}`, () => ({ body: { data: [template('later_news')] } }))
      .start(Number(new URL(url).port));
    const page = await untilListed(program, 'later_news');
    assert.equal(page.sync[0].problem, undefined);
  });

  it('reaches the other processes on the same Redis', async () => {
    const [api, worker] = [await host.start('api'), await host.start('all')];
    await untilListed(api, 'parcel_news');
    answer = () => ({ body: { data: [template('shared_news')] } });
    await ask(worker, 'POST', '/api/whatsapp-templates/sync');
    await untilListed(api, 'shared_news');
  });

  it('is read anew when Meta says that a template has changed, once for many of them', async () => {
    const program = await host.start();
    await untilListed(program, 'parcel_news');
    const before = account.of(`GET ${LIST}`).length;
    answer = () => ({ body: { data: [template('parcel_news', { status: 'PAUSED' })] } });
    const value = { event: 'PAUSED', message_template_name: 'parcel_news', message_template_language: 'en' };
    const change = { field: 'message_template_status_update', value };
    const answers = await Promise.all([1, 2, 3, 4, 5].map((time) => postWebhook(program, change, time)));
    assert.deepEqual(answers, [200, 200, 200, 200, 200]);
    await until('the new status to be listed', async () => (await listed(program)).items[0].status === 'PAUSED');
    assert.ok(account.of(`GET ${LIST}`).length - before <= 2);
  });

  it('is not taken over from another account', async () => {
    await untilListed(await host.start(), 'parcel_news');
    await host.stopAll();
    host.write(realProfile(account.url).replace('200000000000001', '200000000000002'));
    const page = await listed(await host.start());
    assert.deepEqual([page.items, page.sync[0].synced_at], [[], null]);
  });

  it('refuses a profile that is not there, and a cursor that is none', async () => {
    const program = await host.start();
    const unknown = await ask(program, 'GET', '/api/whatsapp-templates?profile=mane');
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'profile_unknown']);
    assert.equal((await ask(program, 'GET', '/api/whatsapp-templates?cursor=x')).status, 422);
  });
});

describe('the values that a WhatsApp template wants', () => {
  const counts = (...components: object[]) =>
    slotCounts({
      name: 'n',
      language: 'en',
      status: 'APPROVED',
      category: 'UTILITY',
      parameter_format: 'POSITIONAL',
      components: components as never,
    });

  it('are those of its texts, a header of media, and the buttons that need one', () => {
    assert.deepEqual(counts({ type: 'BODY', text: 'No place.' }), { header: 0, body: 0, buttons: 0 });
    assert.deepEqual(
      counts({ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: '{{who}} to {{who}}, {{what}}' }),
      {
        header: 1,
        body: 2,
        buttons: 0,
      },
    );
    const buttons = [
      { type: 'QUICK_REPLY', text: 'Yes' },
      { type: 'URL', text: 'See', url: 'https://example.org/{{1}}' },
      { type: 'URL', text: 'Home', url: 'https://example.org' },
      { type: 'COPY_CODE', example: 'X' },
    ];
    assert.equal(counts({ type: 'BUTTONS', buttons }).buttons, 2);
    assert.equal(counts({ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }).buttons, 1);
    assert.equal(counts({ type: 'HEADER', format: 'LOCATION' }).header, 1);
  });
});
