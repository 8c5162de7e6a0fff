import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { check } from '../../core/command/check-command.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const STATES =
  'initial_state: open\nstates: { open: { actions: [close] }, done: { structure: { meta: { is_done: true } } } }\n';
const RENAMED = STATES.replaceAll('open', 'opened');
const send = (action: string, name: string, values: string, more = ''): string =>
  `  ${action}: { notifications: { n: { send_to: { c: { type: contact_list, value: _created_by } }, platforms: { meta_whatsapp: { message_type: template, params: { template: { whatsapp_template_name: ${name}, whatsapp_template_params_array: ${values}${more} } } } } } } }\n`;

describe('stubwire check where the program runs', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ case: `${STATES}actions: { close: { to_state: done } }\n` });
    await until('the catalogue to be read', async () => {
      const { items } = await host.ask('GET', '/api/whatsapp-templates?profile=main');
      return items.length > 0;
    });
  });
  after(() => host.stop());

  /** `line rule message` of each finding, once the template is written so. */
  async function found(text: string): Promise<string[]> {
    writeFileSync(join(dirname(host.config), 'templates', 'case.yaml'), text);
    const { text: json } = await check({ config: host.config, files: [], format: 'json' });
    return JSON.parse(json).map(
      ({ line, level, rule, message }: { readonly [key: string]: string }) => `${line} ${level} ${rule} ${message}`,
    );
  }
  const actions = (...sent: string[]): string =>
    `${STATES.replace('[close]', `[close${sent.map((_, at) => `, s${at}`).join('')}]`)}actions:\n  close: { to_state: done }\n${sent.join('')}`;

  it('holds values against the account’s WhatsApp templates', async () => {
    const right = send('s0', 'general_stub_update', '["{{stub.subject}}", "{{stubpost.message}}"]');
    assert.deepEqual(await found(actions(right)), []);
    const findings = await found(
      actions(
        send('s0', 'general_stub_update', '["{{stub.subject}}"]'),
        send('s1', 'general_stub_updat', '[a, b]'),
        send('s2', 'general_stub_update', '[a, b]', ', language: fr'),
      ),
    );
    assert.equal(findings.length, 3, findings.join('\n'));
    assert.match(findings[0]!, /^5 warning whatsapp-template-fit .*general_stub_update.*2.*1/);
    assert.match(findings[1]!, /^6 warning whatsapp-template-fit .*Did you mean "general_stub_update"\?/);
    assert.match(findings[2]!, /^7 info whatsapp-template-fit .*not there in "fr": it goes out in "en"/);
  });

  it('says nothing about values that are filled in, nor of a template whose name is', async () => {
    const filled = [
      send('s0', '"{{stub.data.name}}"', '[a]'),
      send('s1', 'general_stub_update', '"~~stub.data.values"'),
    ];
    const findings = await found(actions(...filled));
    assert.deepEqual(
      findings.filter((line) => !line.includes(' unknown-data ')),
      [],
    );
  });

  it('lists the stubs that stand in a state which the template no longer has', async () => {
    const refs: string[] = [];
    for (let stub = 0; stub < 7; stub++) refs.push(await host.newStub('case', `082555010${stub}`));
    await host.run(refs[0]!, 'close');
    assert.deepEqual(await found(`${STATES}actions: { close: { to_state: done } }\n`), []);
    const [line, ...more] = await found(`${RENAMED}actions: { close: { to_state: done } }\n`);
    assert.deepEqual(more, []);
    const newest = refs.slice(2).reverse().join(', ');
    assert.equal(
      line,
      `2 warning stranded-stubs 6 stubs are in the state "open", which this template no longer has, so only base actions run there: ${newest}, …. Put the state back, or run _update with data.state: one of opened, done.`,
    );
  });
});
