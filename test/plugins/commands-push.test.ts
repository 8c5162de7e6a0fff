import assert from 'node:assert/strict';
import { WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { AccountHost, ask, realProfile } from '../support/account-host.js';
import { FakeAccount, type FakeReply } from '../support/fake-account.js';
import { until } from '../support/until.js';

const PUSH = 'POST /100000000000001/conversational_automation';
const LIST = 'GET /200000000000001/message_templates';
const commands = (list: string, enabled = true) => [`commands: { enabled: ${enabled}, list: ${list} }`];

describe('commands of a profile', () => {
  let account: FakeAccount;
  let host: AccountHost;
  let answer: FakeReply;

  beforeEach(async () => {
    answer = { body: { success: true } };
    account = await new FakeAccount()
      .on(PUSH, () => answer)
      .on(LIST, () => ({ body: { data: [] } }))
      .start();
    host = new AccountHost();
  });
  afterEach(async () => {
    await host.end();
    await account.stop();
  });

  async function startWithProfiles(profiles: string) {
    await host.stopAll();
    return host.write(profiles).start();
  }
  const startWith = (lines: readonly string[]) => startWithProfiles(realProfile(account.url, lines));
  const stateOf = async (program: Awaited<ReturnType<typeof startWith>>) =>
    (await ask(program, 'GET', '/api/profiles')).body.items[0].commands;
  const untilInForce = (program: Awaited<ReturnType<typeof startWith>>) =>
    until('the commands to be in force', async () => (await stateOf(program)).pushed_at !== null);

  it('are told to Meta at start, once for each list, and taken back when they are removed', async () => {
    const first = await startWith(commands('{ run: Run something, demo: See a demo }'));
    await untilInForce(first);
    assert.deepEqual(account.of(PUSH)[0]!.body, {
      commands: [
        { command_name: 'run', command_description: 'Run something' },
        { command_name: 'demo', command_description: 'See a demo' },
      ],
    });

    const again = await startWith(commands('{ run: Run something, demo: See a demo }'));
    assert.notEqual((await stateOf(again)).pushed_at, null);
    const removed = await startWith(commands('{ run: Run something }', false));
    await untilInForce(removed);
    assert.deepEqual(
      account.of(PUSH).map(({ body }) => body.commands.length),
      [2, 0],
    );
  });

  it('are tried again until Meta takes them, with the reason in sight, and the program runs meanwhile', async () => {
    answer = { status: 500, body: { error: { message: 'An unknown error occurred', code: 1 } } };
    const program = await startWith(commands('{ run: Run something }'));
    await until('the reason to be seen', async () => (await stateOf(program)).problem?.provider_code === 1);
    assert.equal((await stateOf(program)).pushed_at, null);
    answer = { body: { success: false } };
    await until('the new reason', async () => /success: false/.test((await stateOf(program)).problem?.message));
    answer = { body: { success: true } };
    await untilInForce(program);
    assert.equal((await stateOf(program)).problem, undefined);
  });

  it('and WhatsApp templates of many profiles are kept in step without a warning of Node', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error): number => warnings.push(name);
    process.on('warning', note);
    try {
      const more = Array.from({ length: 12 }, (_, at) => {
        const profile = realProfile(account.url, commands('{ run: Run something }'));
        return `      also${at}:\n${profile.replace('"100000000000001"', `"1000000000001${at + 10}"`)}`;
      });
      await startWithProfiles(realProfile(account.url) + more.join(''));
      await until('the account to be read for each', () => account.of(LIST).length >= 13);
    } finally {
      process.off('warning', note);
    }
    assert.deepEqual(warnings, []);
  });

  it('are left alone where none were ever configured', async () => {
    await startWith([]);
    await until('the account to be read', () => account.of(LIST).length > 0);
    await host.stopAll();
    assert.equal(account.of(PUSH).length, 0);
  });

  it('are held to Meta’s limits when the configuration is read', () => {
    const problems = (list: object) => {
      const profile = {
        phone_number_id: '1',
        display_phone_number: '1',
        waba_id: '1',
        access_token: 'a',
        app_secrets: ['a'],
        verify_token: 'a',
        graph_url: 'emulator',
        commands: { enabled: true, list },
      };
      const checked = WhatsAppConfigSchema.safeParse({ profiles: { main: profile } });
      return checked.success ? [] : checked.error.issues.map(({ path }) => path.slice(3).join('.'));
    };
    assert.deepEqual(problems({ run: 'Run', Übersicht: 'x'.repeat(256) }), []);
    for (const name of ['/run', 'run it', 'run🏃', 'x'.repeat(33), ''])
      assert.deepEqual(problems({ [name]: 'Run' }), [`list.${name}`]);
    for (const description of ['', 'x'.repeat(257), 'Run 🏃'])
      assert.deepEqual(problems({ run: description }), ['list.run']);
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${at}`, 'C']));
    assert.deepEqual(problems(many(30)), []);
    assert.deepEqual(problems(many(31)), ['list']);
  });
});
