import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newChannel } from '../../core/command/new-command.js';

const LOG = fileURLToPath(new URL('../../../plugins/log', import.meta.url));

describe('stubwire new channel', () => {
  let plugins: string;

  beforeEach(() => {
    plugins = mkdtempSync(join(tmpdir(), 'stubwire-new-'));
  });

  afterEach(() => rmSync(plugins, { recursive: true }));

  it('makes the reference channel under another name, which sends nothing twice, and says what to do next', () => {
    cpSync(LOG, join(plugins, 'log'), { recursive: true });
    assert.match(newChannel('sms_gate', plugins), /^Made: plugins\/sms_gate\/index\.ts.*\n.*sms_gate: \{\}\n/);
    const made = readFileSync(join(plugins, 'sms_gate/index.ts'), 'utf8');
    assert.match(made, /export class SmsGateChannel implements Channel \{\n {2}readonly id = 'sms_gate';/);
    assert.match(made, /definePlugin\(\{\n {2}name: 'sms_gate',/);
    assert.equal(made.match(/'sms-gate-lines'/g)?.length, 2);
    const back = made.replaceAll('SmsGate', 'Log').replaceAll('sms_gate', 'log').replaceAll('sms-gate', 'log');
    const log = readFileSync(join(LOG, 'index.ts'), 'utf8');
    const resending = back.replace('unknownOutcomeResends: 0', 'unknownOutcomeResends: 1');
    assert.equal(resending.replace('Made from the reference', 'The reference'), log, 'nothing else is changed');
  });

  it('leaves a folder alone that is there, and says where it can be used', () => {
    mkdirSync(join(plugins, 'sms'));
    assert.throws(() => newChannel('sms', plugins), { code: 'file_unwritable', message: /plugins\/sms already/ });
    assert.throws(() => newChannel('fax', plugins), { code: 'file_unreadable', message: /clone of the repository/ });
  });
});
