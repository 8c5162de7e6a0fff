import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { configVersion } from '../../core/config/config-version.js';
import { ConfigWatch } from '../../core/reload/config-watch.js';
import { until } from '../support/until.js';

describe('the watch of the configuration', () => {
  it('logs each change once, and also that it was reverted', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stubwire-config-'));
    const file = join(dir, 'stubwire.yaml');
    writeFileSync(file, 'a: 1');
    const log: { readonly level: number; readonly msg: string }[] = [];
    const keep = { write: (line: string) => void log.push(JSON.parse(line)) };
    const watch = new ConfigWatch({ file, version: configVersion(file) }, pino({}, keep));
    watch.start();
    try {
      writeFileSync(file, 'a: 2');
      await until('a warning', () => log.length === 1);
      assert.deepEqual([log[0]!.level, log[0]!.msg], [40, watch.restartNeeded]);
      assert.match(log[0]!.msg, /has changed since this process started.*restart\.$/);
      writeFileSync(file, 'a: 3');
      await until('another', () => log.length === 2);
      writeFileSync(file, 'a: 1');
      await until('the end of it', () => log.length === 3);
      assert.deepEqual([log[2]!.level, watch.restartNeeded], [30, undefined]);
    } finally {
      await watch.stop();
      rmSync(dir, { recursive: true });
    }
  });
});
