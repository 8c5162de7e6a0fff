import assert from 'node:assert/strict';
import { templateFindings } from '../../plugins/meta_whatsapp/doctor-templates.js';
import { WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

interface Listed {
  readonly profile: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
}

describe('the catalogue with the emulator as Meta', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ plain: 'initial_state: open\nstates: { open: { actions: [] } }\n' });
  });
  after(() => host.stop());

  const untilListed = (name: string, language: string, status: string) =>
    until(`${name} (${language}) to be ${status}`, async () => {
      const { items } = await host.ask('GET', '/api/whatsapp-templates?profile=main');
      return items.some((item: Listed) => item.name === name && item.language === language && item.status === status);
    });

  it('has the built-in templates, and follows what the reviewers do, by webhook', async () => {
    await untilListed('general_interaction_request', 'en', 'APPROVED');
    await host.ask('POST', '/emulator/templates/general_stub_update/en/status', { status: 'PAUSED', profile: 'main' });
    await untilListed('general_stub_update', 'en', 'PAUSED');
  });

  it('takes the WhatsApp templates that the doctor says to create', async () => {
    const { profiles } = WhatsAppConfigSchema.parse({});
    const wanted = { ...profiles['main']!, language: 'de' };
    for (const { todo } of templateFindings(wanted, [])) {
      const body = /-d '(\{.*\})'/.exec(todo!)![1]!;
      const answer = await fetch(`${host.url}/emulator/graph/v25.0/${wanted.waba_id}/message_templates`, {
        method: 'POST',
        headers: { authorization: 'Bearer emulator', 'content-type': 'application/json' },
        body,
      });
      assert.equal(answer.status, 200, await answer.text());
    }
    for (const name of ['general_interaction_request', 'general_stub_update'])
      await host.ask('POST', `/emulator/templates/${name}/de/status`, { status: 'APPROVED', profile: 'main' });
    await host.ask('POST', '/api/whatsapp-templates/sync', {});
    const { items } = await host.ask('GET', '/api/whatsapp-templates?profile=main');
    assert.deepEqual(
      templateFindings(wanted, items).map(({ level }) => level),
      ['ok', 'ok'],
    );
  });

  it('tells the emulator the commands of the profile', async () => {
    const commands = await until('the commands to be taken', async () => {
      const answer = await fetch(`${host.url}/emulator/graph/v25.0/100000000000001?fields=conversational_automation`, {
        headers: { authorization: 'Bearer emulator' },
      });
      return ((await answer.json()) as { conversational_automation?: { commands?: object[] } })
        .conversational_automation?.commands;
    });
    assert.deepEqual(commands, [{ command_name: 'run', command_description: 'Run something' }]);
  });
});
