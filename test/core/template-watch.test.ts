import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFiles } from '../../core/reload/file-version.js';
import { TemplateLedger } from '../../core/reload/template-ledger.js';
import { TemplateWatch } from '../../core/reload/template-watch.js';
import { templateFiles } from '../../core/template/template-files.js';
import { Templates } from '../../core/template/templates.js';
import { vocabulary } from '../support/template-vocabulary.js';
import { until } from '../support/until.js';
import { HttpRig } from './http-rig.js';

const text = (name: string, state = 'open') => `template: ${name}\ninitial_state: ${state}\nstates: { ${state}: {} }\n`;

describe('watching templates', () => {
  let rig: HttpRig;
  let dir: string;
  let folder: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-watch-'));
    folder = join(dir, 'templates');
    mkdirSync(folder);
    rig = new HttpRig();
  });
  afterEach(async () => {
    await rig.container.get(TemplateWatch).stop();
    await rig.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  /** Loads the folder as a start does, and watches it. */
  const watch = async (from = folder) => {
    const changes = await readFiles(templateFiles([from]).files, vocabulary, () => undefined);
    rig.container.get(TemplateLedger).begin(changes);
    await rig.container.get(TemplateLedger).note();
    rig.container.get(TemplateWatch).learn({ folder: from, vocabulary });
    await rig.start();
    rig.container.get(TemplateWatch).start();
  };
  const initialState = (name: string) => rig.container.get(Templates).get(name)?.initialState;
  const untilLoaded = (names: readonly string[]) =>
    until(`templates ${names}`, () => rig.container.get(Templates).names().join() === names.join());
  const list = async () => (await rig.ask('GET', '/api/templates')).body;

  it('takes files that change, come and go, however they are saved, as one set in the order of a start', async () => {
    write('b.yaml', text('b'));
    write('c.yaml', text('c'));
    await watch();
    const before = (await list()).items[0];
    write('a.yaml', `${text('a1')}---\n${text('a2')}`);
    write('story.test.yaml', 'this is no template');
    write('.b.yaml.swp', 'nor is this');
    write('b.yaml.new', text('b', 'begun'));
    renameSync(join(folder, 'b.yaml.new'), join(folder, 'b.yaml'));
    rmSync(join(folder, 'c.yaml'));
    await untilLoaded(['a1', 'a2', 'b']);
    assert.equal(initialState('b'), 'begun');
    const { items, refused_count, watched } = await list();
    assert.equal(refused_count, 0);
    assert.deepEqual(watched, { folder });
    const b = items.find(({ name }: { name: string }) => name === 'b');
    assert.match(b.version, /^[0-9a-f]{12}$/);
    assert.notEqual(b.version, before.version);
    assert.ok(b.loaded_at > before.loaded_at);
  });

  it('refuses a file with a problem alone, says where in log, API and metrics, and takes it when it is mended', async () => {
    write('a.yaml', text('a'));
    write('b.yaml', text('b'));
    await watch();
    write('a.yaml', 'template: a\ninitial_state: opne\nstates: { open: {} }\n');
    write('b.yaml', text('b', 'begun'));
    write('new.yaml', text('a'));
    const body = await until('both refusals', async () => {
      const answer = await list();
      return answer.refused_count === 2 && answer;
    });
    assert.deepEqual([initialState('a'), initialState('b')], ['open', 'begun']);
    const [a, clash] = body.refused;
    assert.match(a.version, /^[0-9a-f]{12}$/);
    assert.deepEqual(
      a.problems.map(({ message: _, ...problem }: { message: string }) => problem),
      [{ code: 'state_unknown', file: join(folder, 'a.yaml'), line: 2, column: 16, excerpt: 'initial_state: opne' }],
    );
    assert.equal(clash.problems[0].code, 'template_duplicate');
    const lines = rig.log.map((line) => JSON.parse(line));
    assert.ok(lines.some(({ place, code }) => /a\.yaml:2:16$/.test(place ?? '') && code === 'state_unknown'));
    const metrics = (await rig.ask('GET', '/metrics')).body;
    assert.match(metrics, /stubwire_template_files\{state="refused"\} 2/);
    assert.match(metrics, /stubwire_template_reloads_total\{outcome="taken"\} 1/);

    write('a.yaml', text('other'));
    await until('the name to move to the new file', async () => (await list()).refused_count === 0);
    await untilLoaded(['other', 'b', 'a']);
  });

  it('follows a link that is led elsewhere, as Kubernetes changes the files of a ConfigMap', async () => {
    for (const [version, state] of [
      ['..1', 'open'],
      ['..2', 'begun'],
    ] as const) {
      mkdirSync(join(folder, version));
      write(`${version}/a.yaml`, text('a', state));
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync(join('..data', 'a.yaml'), join(folder, 'a.yaml'));
    symlinkSync(folder, join(dir, 'link'));
    await watch(join(dir, 'link'));
    assert.equal(initialState('a'), 'open');
    symlinkSync('..2', join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));
    await until('the other content', () => initialState('a') === 'begun');
  });

  it('concludes nothing from a folder that is away, and goes on when it is back', async () => {
    write('a.yaml', text('a'));
    await watch();
    renameSync(folder, join(dir, 'away'));
    const { watched } = await until('the problem of the folder', async () => {
      const answer = await list();
      return answer.watched.problem && answer;
    });
    assert.equal(watched.problem.code, 'file_unreadable');
    assert.deepEqual(rig.container.get(Templates).names(), ['a']);
    writeFileSync(join(dir, 'away', 'b.yaml'), text('b'));
    renameSync(join(dir, 'away'), folder);
    await untilLoaded(['a', 'b']);
    assert.equal((await list()).watched.problem, undefined);
  });
});
